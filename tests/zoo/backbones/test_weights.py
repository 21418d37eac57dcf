"""Weights from files, against the network of Keras with the same weights."""

import gc
import os
import sys
import warnings

import h5py
import keras
import numpy as np
import pytest
from safetensors.numpy import save_file

from convzoo.losses.trunk_files import KERAS, TORCHVISION
from convzoo.losses.trunk_weights import random_trunk
from convzoo.zoo.backbones import pretrained_network as pretrained
from convzoo.zoo.backbones.applications import APPLICATIONS, build_application
from convzoo.zoo.backbones.preprocess import preprocess
from convzoo.zoo.backbones.pretrained_network import pretrained_network
from convzoo.zoo.backbones.published_weights import PUBLISHED
from tests.losses.torch_writer import write_torch_file
from tests.support import numpy_of, rest_long, shared_data

IMAGES = np.random.default_rng(0).integers(0, 256, (1, 75, 91, 3), "uint8")
CHEAP = "mobilenet_v3_small", "mobilenet"
NETWORKS = [
    name if name in CHEAP else pytest.param(name, marks=pytest.mark.long)
    for name in APPLICATIONS
]


def randomized(model):
    """Give a model weights that differ in every layer, of a bounded scale."""
    random = np.random.default_rng(0)
    for variable in model.weights:
        if variable.path.endswith("count"):
            continue
        change = random.uniform(0.9, 1.1, variable.shape)
        variable.assign(numpy_of(variable.value) * change)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization) and layer.weights:
            layer.finalize_state()
    return model


def of_keras(name, **arguments):
    builder = getattr(keras.applications, APPLICATIONS[name].builder)
    arguments = {"weights": None, "include_top": False, **arguments}
    return builder(**{"input_shape": (None, None, 3), **arguments})


def module_of(name):
    builder = getattr(keras.applications, APPLICATIONS[name].builder)
    return sys.modules[builder.__module__]


def write_legacy(path, model):
    """Write a file in the format of the published ones."""
    from keras.src.legacy.saving import legacy_h5_format

    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)


def expected_of(name, model):
    images = module_of(name).preprocess_input(IMAGES.astype("float32"))
    return numpy_of(model(images))


def check(name, weights, expected):
    network = pretrained_network(name, weights=weights)
    images = preprocess(IMAGES, network.preprocessing_mode, (0, 255))
    (found,) = network.model(images)
    scale = np.abs(expected).max()
    assert np.isfinite(scale) and scale > 0
    np.testing.assert_allclose(numpy_of(found), expected, atol=1e-4 * scale)


@pytest.mark.parametrize("name", NETWORKS)
def test_path_of_every_network(name, tmp_path):
    path = tmp_path / f"{name}.weights.h5"
    model = randomized(of_keras(name))
    # Sizes are said, and files are told apart, by the number of weights.
    assert model.count_params() == PUBLISHED[name].parameters
    model.save_weights(path)
    expected = expected_of(name, model)
    del model
    gc.collect()
    check(name, path, expected)
    path.unlink()


@pytest.mark.parametrize("suffix", rest_long("legacy.h5", "h5", "keras"))
def test_files_of_keras(suffix, tmp_path):
    path = tmp_path / f"model.{suffix}"
    model = randomized(of_keras("mobilenet_v3_small"))
    if suffix == "legacy.h5":
        write_legacy(path, model)
    else:
        keras.saving.save_model(model, path)
    check("mobilenet_v3_small", path, expected_of("mobilenet_v3_small", model))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.mark.parametrize(
    "name", rest_long("mobilenet_v3_small", "efficientnet_b0")
)
def test_published_file(name, cache, monkeypatch, capfd):
    """Keras makes up for the normalisation in the files of EfficientNet."""
    model = randomized(of_keras(name))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.adapt_mean.assign((0.485, 0.456, 0.406))
            layer.adapt_variance.assign((0.229, 0.224, 0.225))
    published = PUBLISHED[name]
    path = cache / published.name
    write_legacy(path, model)
    monkeypatch.setattr(
        module_of(name).file_utils, "get_file", lambda *_, **__: str(path)
    )
    with warnings.catch_warnings():
        # Keras warns that its weights were made for 224 x 224 pixels.
        warnings.simplefilter("ignore")
        oracle = of_keras(name, weights="imagenet")
    expected = expected_of(name, oracle)
    monkeypatch.setitem(PUBLISHED, name, published._replace(digest=None))
    monkeypatch.setattr(keras.utils, "get_file", None)
    capfd.readouterr()
    check(name, "imagenet", expected)
    assert capfd.readouterr().out == ""
    # The file elsewhere, and the network in the format of Keras 3.
    check(name, path, expected)
    again = pretrained_network(name, weights=path).model
    again.save_weights(cache / "again.weights.h5")
    check(name, cache / "again.weights.h5", expected)


@pytest.mark.parametrize("kind", ["npz", "safetensors", "pth"])
def test_arrays_in_the_names_of_torchvision(kind, tmp_path):
    path = tmp_path / f"weights.{kind}"
    arrays = random_trunk("alexnet", 2)
    if kind == "npz":
        np.savez(path, **arrays)
    elif kind == "safetensors":
        save_file(arrays, path)
    else:
        # Any state dict of the network, and not the published one alone.
        write_torch_file(path, arrays)
    network = pretrained_network("alexnet", weights=path)
    assert network.preprocessing_mode == "torch"
    kernel, bias = network.model.get_layer("conv1").get_weights()
    expected = arrays["features.0.weight"].transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(kernel, expected)
    np.testing.assert_array_equal(bias, arrays["features.0.bias"])


def test_arrays_of_caffe():
    path = shared_data("features") / "squeezenet_v1_1_fp16.npz"
    network = pretrained_network("squeezenet", weights=path)
    assert network.preprocessing_mode == "caffe"
    with np.load(path) as arrays:
        bias = arrays["fire9/expand3x3_b_0"]
    found = network.model.get_layer("fire9_expand3x3").get_weights()[1]
    np.testing.assert_array_equal(found, bias)


@pytest.mark.long
@pytest.mark.parametrize("suffix", ["weights.h5", "h5", "keras"])
def test_vgg_of_keras(suffix, tmp_path):
    path = tmp_path / f"vgg16.{suffix}"
    model = keras.applications.VGG16(include_top=False, weights=None)
    assert model.count_params() == KERAS["vgg16"].parameters
    if suffix == "weights.h5":
        model.save_weights(path)
    else:
        keras.saving.save_model(model, path)
    images = keras.applications.vgg16.preprocess_input(IMAGES.astype("float32"))
    expected = numpy_of(model(images))
    network = pretrained_network("vgg16", weights=path)
    images = preprocess(IMAGES, network.preprocessing_mode, (0, 255))
    (found,) = network.model(images)
    atol = 1e-5 * np.abs(expected).max()
    np.testing.assert_allclose(numpy_of(found), expected, atol=atol)
    with pytest.raises(ValueError, match="weights of vgg19.* of vgg16"):
        pretrained_network("vgg19", weights=path)


def refused(match, name, weights):
    with pytest.raises(ValueError, match=match) as error:
        pretrained_network(name, weights=weights)
    assert "\n" not in str(error.value)
    assert str(weights) in str(error.value)


def test_file_of_another_network(tmp_path):
    path = tmp_path / "model.weights.h5"
    model = of_keras("mobilenet_v2")
    model.save_weights(path)
    both = "must be weights of mobilenet_v3_small.* with those of mobilenet_v2"
    refused(both, "mobilenet_v3_small", path)
    refused("weights of vgg16.* with those of mobilenet_v2", "vgg16", path)
    refused("squeezenet", "squeezenet", path)
    other = tmp_path / "legacy.h5"
    write_legacy(other, model)
    refused(both, "mobilenet_v3_small", other)


def test_arrays_of_another_network(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, **random_trunk("alexnet", 0))
    refused("as squeezenet has it.* weights of alexnet", "squeezenet", path)


@pytest.mark.parametrize("kind", ["npz", "safetensors", "pth"])
def test_arrays_where_only_keras_fits(kind, tmp_path):
    path = tmp_path / f"weights.{kind}"
    path.write_bytes(b"anything")
    refused(f"Keras's file.*{PUBLISHED['resnet50'].name}", "resnet50", path)


def test_file_with_the_classifier(tmp_path):
    whole = of_keras(
        "mobilenet_v3_small", include_top=True, input_shape=(64, 64, 3)
    )
    path = tmp_path / "whole.h5"
    write_legacy(path, whole)
    refused("without the classifier", "mobilenet_v3_small", path)
    # Keras finds the layers in its newer format.
    newer = tmp_path / "whole.weights.h5"
    randomized(whole).save_weights(newer)
    top = whole.get_layer("conv_1_bn").output
    part = keras.Model(whole.input, top)
    network = pretrained_network("mobilenet_v3_small", "conv_1_bn", newer)
    images = IMAGES[:, :64, :64].astype("float32")
    np.testing.assert_allclose(
        numpy_of(network.model(images)[0]), numpy_of(part(images)), atol=1e-3
    )


@pytest.fixture(scope="module")
def mobilenet():
    return build_application(
        "mobilenet_v3_small", keras.dtype_policies.get("float32")
    )


def damaged(path):
    """Yield after writing each of several contents that are no weights."""
    dense = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    whole = path.with_name(f"whole{path.suffix}")
    dense.save(whole)
    for content in (b"", b"no weights", whole.read_bytes()[:-200]):
        path.write_bytes(content)
        yield
    whole.replace(path)
    yield


@pytest.mark.parametrize("suffix", ["h5", "keras"])
def test_damaged_file(suffix, tmp_path, mobilenet, monkeypatch):
    """Two whole files of a dense layer are among them."""
    monkeypatch.setattr(pretrained, "build_application", lambda *_: mobilenet)
    path = tmp_path / f"broken.{suffix}"
    for _ in damaged(path):
        refused("without the classifier", "mobilenet_v3_small", path)


@pytest.mark.parametrize("kind", ["npz", "safetensors", "pth"])
def test_damaged_arrays(kind, tmp_path):
    path = tmp_path / f"broken.{kind}"
    np.savez(tmp_path / "whole.npz", **random_trunk("squeezenet", 0))
    whole = (tmp_path / "whole.npz").read_bytes()
    for content in (b"", b"no weights", whole[:-200], whole[200:]):
        path.write_bytes(content)
        refused("`weights` must be a readable file", "squeezenet", path)


@pytest.mark.long
@pytest.mark.parametrize("suffix", ["h5", "keras"])
def test_damaged_file_of_vgg(suffix, tmp_path):
    path = tmp_path / f"broken.{suffix}"
    for _ in damaged(path):
        refused("without the classifier", "vgg16", path)


@pytest.mark.parametrize("name", ["mobilenet_v3_small", "squeezenet"])
def test_no_file(name, tmp_path):
    (tmp_path / "folder.h5").mkdir()
    refused("must be the path of a file", name, tmp_path / "folder.h5")
    refused("must be the path of a file", name, tmp_path / "missing.h5")
    refused("must be the path of a file", name, "imagnet")
    os.mkfifo(tmp_path / "pipe.h5")
    refused("must be the path of a file", name, tmp_path / "pipe.h5")
    with pytest.raises(ValueError, match="`weights` .* weights=3"):
        pretrained_network(name, weights=3)


def test_huge_files(tmp_path):
    """Neither is read: both claim more than any file of their network."""
    path = tmp_path / "huge.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("w", (2**30,), "f4", chunks=(1024,))
    refused("more than", "mobilenet_v3_small", path)
    path = tmp_path / "huge.npz"
    with open(path, "wb") as file:
        file.truncate(1 << 40)
    refused("must be a file of at most", "squeezenet", path)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("squeezenet", TORCHVISION["squeezenet"]),
        ("alexnet", TORCHVISION["alexnet"]),
        ("vgg16", KERAS["vgg16"]),
        ("mobilenet_v2", PUBLISHED["mobilenet_v2"]),
    ],
)
def test_without_a_connection(name, published, cache, monkeypatch, capfd):
    def get_file(name, *, origin, **_):
        raise Exception(f"URL fetch failure on {origin}")

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    with pytest.raises(ValueError, match="`weights` need the file") as error:
        pretrained_network(name, weights="imagenet")
    text = str(error.value)
    assert "\n" not in text
    for part in (published.name, published.url, str(cache)):
        assert part in text
    said = capfd.readouterr().err
    line = next(t for t in said.splitlines() if t.startswith("Downloading"))
    for part in (published.name, published.url, str(cache), "MB"):
        assert part in line


def test_normalization_of_pixels_is_set_with_the_weights():
    """The layer of Keras computes with a copy, which stays as it is."""
    model = randomized(of_keras("efficientnet_b0"))
    ours = pretrained_network("efficientnet_b0").model
    ours.set_weights(model.get_weights())
    images = IMAGES.astype("float32")
    expected = numpy_of(model(images))
    atol = 1e-5 * np.abs(expected).max()
    np.testing.assert_allclose(numpy_of(ours(images)[0]), expected, atol=atol)
