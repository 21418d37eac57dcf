"""Requests over sockets: gRPC to a double with the official stubs, and REST.

Tests of a real `tensorflow_model_server` run if `TF_SERVING_URL` is the URL of
its `sr_x4_tiny` (docs/serving.md has the commands). Tests of KServe run if
`KSERVE_PYTHON` is a Python with KServe (`make test-outside`).
"""

import io
import json
import os
import socket
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convzoo.export import (
    ServingClient,
    ServingError,
    export_litert,
    export_saved_model,
)
from convzoo.zoo import SRGenerator
from tests.export.rest_double import answering
from tests.support import photograph, tiny_generator

pytestmark = pytest.mark.usefixtures("one_process")

PHOTO = photograph(14, 11)


def pixels(encoded):
    return np.asarray(Image.open(io.BytesIO(encoded)), float)


def png(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "png")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def tiny():
    return tiny_generator()


@pytest.fixture(scope="module")
def grpc_url(tiny, tmp_path_factory):
    pytest.importorskip("tensorflow_serving.apis.predict_pb2")
    from tests.export.serving_double import serving

    folder = tmp_path_factory.mktemp("served") / "tiny"
    for _ in range(2):
        export_saved_model(tiny, folder, sizes=((1, 6, 7),), max_pixels=90_000)
    with serving(folder) as url:
        yield url


@pytest.fixture(scope="module")
def kserve_url(tiny, tmp_path_factory):
    python = os.environ.get("KSERVE_PYTHON")
    if not python:
        pytest.skip("KSERVE_PYTHON is not set to a Python with KServe")
    path = tmp_path_factory.mktemp("kserve") / "tiny.tflite"
    export_litert(tiny, path, sizes=((1, 6, 7),))
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    server = Path(__file__).with_name("kserve_server.py")
    process = subprocess.Popen([python, server, "tiny", path, str(port)])
    url = f"http://localhost:{port}/v1/models/tiny"
    try:
        until = time.monotonic() + 120
        while not ServingClient(url).ready():
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.5)
        yield url
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def client(grpc_url):
    return ServingClient(grpc_url)


def assert_enlarged(client, model, tmp_path):
    """Assert that arrays, files and bytes are answered as Keras does."""
    image = np.expand_dims(PHOTO / np.float32(255), 0)
    expected = np.clip(model.predict_on_batch(image), 0, 1)
    name = f"image_x{model.scale}"
    found = client(image=image)[name]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    other = photograph(8, 9, seed=1)
    (tmp_path / "photo.png").write_bytes(png(PHOTO))
    answers = client.images([tmp_path / "photo.png", other, png(other)])
    enlarged = [pixels(answer[f"{name}_bytes"]) for answer in answers]
    np.testing.assert_allclose(enlarged[0], 255 * expected[0], atol=0.51)
    np.testing.assert_allclose(enlarged[1], model.upscale(other), atol=1)
    np.testing.assert_array_equal(enlarged[1], enlarged[2])


def test_grpc_answers_what_keras_computes(client, tiny, tmp_path):
    assert_enlarged(client, tiny, tmp_path)


def test_kserve_answers_what_keras_computes(kserve_url, tiny, tmp_path):
    client = ServingClient(kserve_url)
    assert client.ready()
    assert_enlarged(client, tiny, tmp_path)
    with pytest.raises(ValueError, match="reports no versions"):
        client.versions()
    with pytest.raises(ValueError, match="cannot be decoded"):
        client.images([b"junk"])
    assert client.ready()
    with pytest.raises(ValueError, match="404"):
        ServingClient(kserve_url + "s")(image=np.zeros((1, 2, 2, 3)))


def test_tf_serving_answers_what_keras_computes(tmp_path):
    url = os.environ.get("TF_SERVING_URL")
    if not url:
        pytest.skip("TF_SERVING_URL is not set to a served model")
    client = ServingClient(url)
    assert client.ready() and "AVAILABLE" in client.versions().values()
    assert_enlarged(client, SRGenerator.from_preset("sr_x4_tiny"), tmp_path)
    with pytest.raises(ValueError, match="JPEG, PNG or WebP"):
        client.images([b"junk"])


def test_versions(client, grpc_url):
    assert client.ready()
    assert client.versions() == {1: "AVAILABLE", 2: "AVAILABLE"}
    first = ServingClient(grpc_url, version=1)
    assert len(first.images([PHOTO])) == 1
    with pytest.raises(ValueError, match="NOT_FOUND.*3"):
        ServingClient(grpc_url, version=3).images([PHOTO])


def test_more_than_the_4_mebibytes_of_grpc(client):
    image = np.zeros((1, 290, 310, 3), "float32")
    assert client(image=image)["image_x2"].shape == (1, 580, 620, 3)


@pytest.mark.parametrize(
    "encoded, reason",
    [
        (b"junk", "JPEG, PNG or WebP"),
        (png(PHOTO)[:80], "PNG"),
        (png(photograph(301, 300)), "at most 90000 pixels"),
    ],
    ids=["junk", "cut", "large"],
)
def test_the_server_lives_on_after_a_bad_image(client, encoded, reason):
    with pytest.raises(ValueError, match=f"INVALID_ARGUMENT.*{reason}"):
        client.images([encoded])
    assert len(client.images([PHOTO])) == 1


def test_errors_of_a_caller_are_named(client, tmp_path):
    with pytest.raises(ValueError, match="serve_bytes"):
        client("no_endpoint", image=np.zeros((1, 2, 2, 3)))
    with pytest.raises(ValueError, match="no.png: cannot be read"):
        client.images([tmp_path / "no.png"])


@pytest.mark.parametrize(
    "url", ["http://localhost:1/v1/models/a", "grpc://localhost:1/a"]
)
def test_no_server_is_an_error(url):
    if url.startswith("grpc"):
        pytest.importorskip("tensorflow_serving.apis.predict_pb2")
    client = ServingClient(url, timeout=5)
    assert not client.ready()
    with pytest.raises(ServingError, match=f"^{url}.*: "):
        client.images([PHOTO])


@pytest.mark.parametrize(
    "arguments",
    [
        {"url": "localhost:8501"},
        *({"timeout": value} for value in (0, -1, "5", None, float("nan"))),
        *({"max_bytes": value} for value in (0, 2.5, 2**31, True)),
        *({"version": value} for value in (-1, 1.5, True, "", "a\n", 2**63)),
    ],
    ids=str,
)
def test_arguments_are_checked(arguments):
    (name,) = arguments
    url = "http://localhost:8501/v1/models/a"
    with pytest.raises(ValueError, match=f"`{name}` must be") as error:
        ServingClient(**{"url": url} | arguments)
    assert not isinstance(error.value, ServingError)


@pytest.mark.parametrize(
    "inputs, reason",
    [
        ({}, "one batch"),
        ({"x": 1}, "input 'x' must be an array .* batch axis"),
        ({"x": [1], "y": [1, 2]}, "one batch.*{'x': 1, 'y': 2}"),
        ({"x": [[1], [2, 3]]}, "input 'x' is not an array"),
        ({"x": [None]}, "input 'x' must be .* dtype object"),
        ({"x": [1j]}, "input 'x' must be .* dtype complex128"),
        ({"x": np.array(["2020-01-01"], "M8[D]")}, "input 'x' must be"),
    ],
    ids=range(7),
)
@pytest.mark.parametrize(
    "url", ["http://localhost:1/v1/models/a", "grpc://localhost:1/a"]
)
def test_inputs_are_checked(url, inputs, reason):
    with pytest.raises(ValueError, match=reason) as error:
        ServingClient(url)(**inputs)
    assert not isinstance(error.value, ServingError)


@pytest.mark.parametrize("images", ["photo.jpg", b"photo", PHOTO, Path("a")])
def test_one_image_is_no_list(images):
    client = ServingClient("http://localhost:1/v1/models/a")
    with pytest.raises(ValueError, match="`images` must be a list of images"):
        client.images(images)
    assert client.images([]) == []


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "grpc", None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[serving\]"):
        ServingClient("grpc://localhost:8500/a")


def test_what_rest_says_and_hears():
    answers = {
        "/v1/models/a/versions/2:predict": (
            200,
            '{"predictions": [{"p": [1, 2], "f_bytes": {"b64": "YQ=="}}]}',
        ),
        "/v1/models/a": (
            200,
            '{"model_version_status": [{"version": "2", "state": "LOADING"}]}',
        ),
    }
    with answering(answers) as (url, asked):
        client = ServingClient(url, version=2)
        found = client("serve", x=np.array([[1.5, np.nan]]), y=np.array([b"b"]))
        assert not client.ready() and client.versions() == {2: "LOADING"}
    assert found["f_bytes"][0] == b"a"
    np.testing.assert_array_equal(found["p"], [[1, 2]])
    (body,) = asked
    assert body["signature_name"] == "serve"
    (row,) = body["instances"]
    assert row["y"] == {"b64": "Yg=="} and str(row["x"]) == "[1.5, nan]"


def test_an_only_output_has_no_name_in_rest():
    """The response of TF Serving omits the name; its metadata has it."""
    metadata = {"signature_def": {"serving_default": {"outputs": {"p": {}}}}}
    answers = {
        "/v1/models/a/labels/new:predict": (200, '{"predictions": [[1], [2]]}'),
        "/v1/models/a/labels/new/metadata": (
            200,
            json.dumps({"metadata": {"signature_def": metadata}}),
        ),
    }
    with answering(answers) as (url, _):
        client = ServingClient(url, version="new")
        np.testing.assert_array_equal(client(x=[1, 2])["p"], [[1], [2]])
        assert list(client("other", x=[1, 2])) == ["output"]


@pytest.mark.parametrize(
    "code, text, message",
    [
        (400, '{"error": "Missing inputs"}', "400: Missing inputs"),
        (503, "busy", "503: busy"),
        (500, "", "500: Internal Server Error"),
        (500, "\x1b[2J\n \x00", r"500: .\[2J .$"),
        (500, "no " * 1000, "no ...$"),
        (500, '{"error": {"a": 1}}', "500: {'a': 1}"),
        (200, "<html>", "is not JSON"),
        (200, "[" * 10**5, "is not JSON"),
        (200, '{"predictions": [[1], [2]]}', "2 predictions for 1 inputs"),
        (
            200,
            '{"predictions": [{"%s": "b"}]}' % ("a" * 9999),
            r"output 'a{100,500} \.\.\.$",
        ),
        (200, '{"predictions": ["yes"]}', "'output' has values that are not"),
        (200, '{"predictions": [{"b64": "a?"}]}', "'output' has a value that"),
        (200, '{"predictions": [[[1, 2], [3]]]}', "'output' is not an array"),
    ],
    ids=range(13),
)
def test_errors_of_a_rest_server_name_its_url(code, text, message):
    with (
        answering({"/v1/models/a:predict": (code, text)}) as (url, _),
        pytest.raises(ServingError, match=message) as error,
    ):
        ServingClient(url)(x=[1])
    assert str(error.value).startswith(f"{url}:predict: ")
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", '{"model_version_status": 1}', '{"ready": "yes"}', "<html>"],
)
def test_a_bad_status_is_not_ready(text):
    with answering({"/v1/models/a": (200, text)}) as (url, _):
        assert not ServingClient(url).ready()
        with pytest.raises(ServingError, match=f"^{url}: the "):
            ServingClient(url).versions()


def test_a_slow_server_is_not_waited_for():
    answers = {"/v1/models/a:predict": (200, '{"predictions": [1]}')}
    with (
        answering(answers, delay=0.5) as (url, _),
        pytest.raises(ValueError, match="timed out"),
    ):
        ServingClient(url, timeout=0.1)(x=[1])


@pytest.mark.parametrize("fill", [1, 0])
def test_grpc_allocates_no_shape_that_is_only_declared(fill):
    """A message of some bytes can declare a shape of any size."""
    predict_pb2 = pytest.importorskip("tensorflow_serving.apis.predict_pb2")
    from tests.export.serving_double import answering_grpc

    response = predict_pb2.PredictResponse()
    tensor = response.outputs["p"]
    tensor.dtype = 1
    for size in (1, 2**30):
        tensor.tensor_shape.dim.add(size=size)
    tensor.float_val.extend([0.0] * fill)
    with (
        answering_grpc(response.SerializeToString()) as url,
        pytest.raises(ServingError, match=f"^{url}: output 'p' has"),
    ):
        ServingClient(url)(x=[1])


@pytest.mark.parametrize("content", [b"", b"\xff" * 9])
def test_grpc_messages_that_cannot_be_read_are_errors(content, caplog):
    pytest.importorskip("tensorflow_serving.apis.predict_pb2")
    from tests.export.serving_double import answering_grpc

    with (
        answering_grpc(content) as url,
        pytest.raises(ServingError, match=f"^{url}: the "),
    ):
        ServingClient(url)(x=[1])
    assert not caplog.records


@pytest.mark.parametrize("scheme", ["http", "grpc"])
def test_no_error_shows_a_password(scheme):
    if scheme == "grpc":
        pytest.importorskip("tensorflow_serving.apis.predict_pb2")
    with socket.socket() as closed:
        closed.bind(("localhost", 0))
        port = closed.getsockname()[1]
        url = f"{scheme}://user:se%40cret@localhost:{port}/a"
        client = ServingClient(url, timeout=5)
        with pytest.raises(ServingError) as error:
            client(image=PHOTO)
    assert str(error.value).startswith(f"{scheme}://***@localhost:{port}/a")
    everything = f"{error.value} {error.value!r} {error.value.__cause__!r}"
    assert "user" not in everything and "cret" not in everything


def test_an_error_of_the_server_shows_no_password():
    with answering({"/v1/models/a": (401, '{"error": "who?"}')}) as (url, _):
        url = url.replace("//", "//user:secret@")
        with pytest.raises(ServingError, match="401: who") as error:
            ServingClient(url).versions()
    assert "secret" not in repr(error.value)
