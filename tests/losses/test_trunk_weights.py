import hashlib

import h5py
import keras
import numpy as np
import pytest
from safetensors.numpy import save_file

from convzoo.losses import LPIPS, FeatureExtractor, trunk_files, trunk_weights
from convzoo.losses.trunk_files import KERAS, TORCHVISION, PublishedFile
from convzoo.losses.trunk_weights import random_trunk
from tests.losses.torch_writer import write_torch_file
from tests.support import numpy_of, shared_data

IMAGES = np.random.default_rng(0).uniform(size=(1, 34, 41, 3))
IMAGES = IMAGES.astype("float32")


def features(network="squeezenet", layers="fire3", **arguments):
    extractor = FeatureExtractor(network, layers, **arguments)
    return [numpy_of(maps) for maps in extractor(IMAGES)]


@pytest.fixture
def torch_file(tmp_path, monkeypatch):
    """Return a stand-in for torchvision's SqueezeNet file, from seed 5."""
    path = tmp_path / "squeezenet.pth"
    write_torch_file(path, random_trunk("squeezenet", 5))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    published = TORCHVISION["squeezenet"]._replace(digest=digest)
    monkeypatch.setitem(trunk_files.TORCHVISION, "squeezenet", published)
    return path


@pytest.mark.long
def test_path_of_torchvision(torch_file):
    found = features(weights=torch_file)
    expected = features(weights=None, seed=5)
    np.testing.assert_array_equal(found, expected)
    again = LPIPS.from_config(LPIPS("squeeze", weights=torch_file).get_config())
    expected = LPIPS("squeeze", weights=None, seed=5)(IMAGES, IMAGES**2)
    np.testing.assert_array_equal(
        numpy_of(again(IMAGES, IMAGES**2)), numpy_of(expected)
    )


@pytest.mark.parametrize("weights", ["imagenet", "torchvision"])
def test_file_in_the_cache(torch_file, weights, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    torch_file.rename(tmp_path / "models" / TORCHVISION["squeezenet"].name)
    found = features(weights=weights)
    np.testing.assert_array_equal(found, features(weights=None, seed=5))


@pytest.mark.parametrize(
    ("network", "weights", "published"),
    [
        ("vgg16", "torchvision", TORCHVISION["vgg16"]),
        ("vgg19", "imagenet", KERAS["vgg19"]),
        ("alexnet", "imagenet", TORCHVISION["alexnet"]),
    ],
)
def test_without_a_network(network, weights, published, tmp_path, monkeypatch):
    def get_file(*_, **__):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    layer = "conv1" if network == "alexnet" else "block1_conv1"
    with pytest.raises(ValueError, match="`weights` need the file") as error:
        FeatureExtractor(network, layer, weights=weights)
    for part in (
        published.name,
        published.url,
        published.digest,
        str(tmp_path / "models"),
        "URL fetch failure",
    ):
        assert part in str(error.value)


@pytest.mark.parametrize("name", ["vgg16", "vgg19"])
def test_another_size(name, tmp_path, monkeypatch):
    """Beside its MD5, which can be forged, a file has a length."""
    path = tmp_path / "file.h5"
    path.write_bytes(b"another file")
    monkeypatch.setattr(keras.utils, "get_file", lambda *_, **__: str(path))
    with pytest.raises(ValueError, match=f"{KERAS[name].size} bytes, .* 12"):
        FeatureExtractor(name, "block1_conv1", weights="imagenet")


def test_addresses_are_those_of_the_publishers():
    for published in TORCHVISION.values():
        start = published.name.removesuffix(".pth").rsplit("-", 1)[1]
        assert published.digest.startswith(start)
        assert len(published.digest) == 64
        assert published.url.startswith("https://download.pytorch.org/models/")
    assert all(len(published.digest) == 32 for published in KERAS.values())


def test_wrong_digest(tmp_path):
    path = tmp_path / "vgg16-397923af.pth"
    path.write_bytes(b"half of a file")
    with pytest.raises(ValueError, match="`weights` must be the file") as error:
        FeatureExtractor("vgg16", "block1_conv1", weights=path)
    for part in (
        str(path),
        TORCHVISION["vgg16"].digest,
        hashlib.sha256(b"half of a file").hexdigest(),
    ):
        assert part in str(error.value)


@pytest.fixture(scope="module")
def vgg16():
    """Return the network of Keras, with weights that keep the scale."""
    model = keras.applications.VGG16(include_top=False, weights=None)
    random = np.random.default_rng(0)
    for variable in model.weights:
        deviation = np.sqrt(2 / np.prod(variable.shape[:-1]))
        variable.assign(random.normal(size=variable.shape) * deviation)
    return model


def expected_of_keras(vgg16):
    images = keras.applications.vgg16.preprocess_input(IMAGES * 255)
    layers = ["block2_conv2", "block4_conv1"]
    outputs = [vgg16.get_layer(name).output for name in layers]
    return layers, keras.Model(vgg16.input, outputs)(images)


@pytest.mark.parametrize("name", ["vgg16.weights.h5", "vgg16.h5"])
@pytest.mark.long
def test_files_of_keras(name, vgg16, tmp_path, monkeypatch):
    path = tmp_path / name
    if name == "vgg16.h5":
        keras.saving.save_model(vgg16, path)
    else:
        vgg16.save_weights(path)
    layers, expected = expected_of_keras(vgg16)
    monkeypatch.setattr(PublishedFile, "fetched", lambda _: str(path))
    for weights in (path, "imagenet"):
        found = features("vgg16", layers, weights=weights)
        for one, other in zip(found, expected, strict=True):
            scale = np.abs(numpy_of(other)).max()
            np.testing.assert_allclose(one, numpy_of(other), atol=1e-5 * scale)


@pytest.mark.parametrize("kind", ["npz", "safetensors"])
def test_arrays_in_the_names_of_torchvision(kind, tmp_path):
    path = tmp_path / f"weights.{kind}"
    if kind == "npz":
        np.savez(path, **random_trunk("alexnet", 2))
    else:
        save_file(random_trunk("alexnet", 2), path)
    found = features("alexnet", "conv2", weights=path)
    expected = features("alexnet", "conv2", weights=None, seed=2)
    np.testing.assert_array_equal(found, expected)


def test_npz_in_the_names_of_caffe():
    path = shared_data("features") / "squeezenet_v1_1_fp16.npz"
    extractor = FeatureExtractor("squeezenet", "conv1", weights=path)
    assert extractor.native_preprocessing == "caffe"
    (found,) = extractor(IMAGES)
    with np.load(path) as arrays:
        kernel = arrays["conv1_w_0"].astype("float64")
        bias = arrays["conv1_b_0"].astype("float64")
    patch = IMAGES[0, 10:13, 12:15, ::-1] * 255 - (103.939, 116.779, 123.68)
    expected = np.einsum("ochw,hwc->o", kernel, patch) + bias
    np.testing.assert_allclose(
        numpy_of(found)[0, 5, 6], np.maximum(expected, 0), rtol=1e-4, atol=1e-3
    )
    with pytest.raises(ValueError, match="must be torchvision's"):
        LPIPS("squeeze", weights=path)


def refused(match, network="squeezenet", **arguments):
    layer = "block1_conv1" if network.startswith("vgg") else "conv1"
    with pytest.raises(ValueError, match=match):
        FeatureExtractor(network, layer, **arguments)


@pytest.mark.parametrize("name", ["missing.pth", "missing.npz", "imagnet"])
def test_no_such_file(name):
    refused(
        f"`weights` must be the path .*Received: weights='{name}'", weights=name
    )


def test_arrays_of_another_network(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, **random_trunk("alexnet", 0))
    refused("`weights` must hold the array 'features.0.weight'", weights=path)
    np.savez(path, other=np.zeros(3))
    refused("no such array", weights=path)


@pytest.mark.parametrize(
    "name", ["weights.npz", "weights.safetensors", "weights.h5"]
)
def test_damaged_file(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"nothing of the kind")
    refused(
        f"`weights` must be .*Received: weights=.*{name}", "vgg16", weights=path
    )


def test_h5_that_is_much_larger_than_the_network(tmp_path):
    """Arrays that are not stored take no place in the file."""
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("w", (2**30,), "f4", chunks=(1024,))
    refused("the arrays have more than", "vgg16", weights=path)


def test_no_h5_where_keras_has_no_network(tmp_path):
    path = tmp_path / "weights.h5"
    path.write_bytes(b"")
    refused("Keras has no squeezenet", weights=path)


def test_nothing_is_fetched_for_nothing(monkeypatch):
    monkeypatch.setattr(trunk_weights, "read_weights_file", None)
    monkeypatch.setattr(PublishedFile, "fetched", None)
    features(weights=None)
