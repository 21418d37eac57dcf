import json
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras import ops

from convzoo.losses import FeatureExtractor
from convzoo.losses.trunks import TRUNKS
from tests import layer_checks
from tests.fixtures.feature_cases import (
    FEATURE_SIZE,
    photograph_pair,
    thinned,
)
from tests.losses.feature_checks import compiled_for_open_sizes
from tests.support import FIXTURES, numpy_of

IMAGES = np.random.default_rng(0).uniform(size=(2, 20, 25, 3))
IMAGES = IMAGES.astype("float32")
LAYERS = [
    "block1_conv2",
    "block2_conv2",
    "block3_conv4",
    "block4_conv4",
    "block5_conv4",
]


def features(*arguments, images=IMAGES, **more):
    extractor = FeatureExtractor(*arguments, **more)
    return [numpy_of(maps) for maps in extractor(images)]


def small_model(**arguments):
    """Return a model with separate normalisation and activation layers."""
    inputs = keras.Input((None, None, 3), name="pixels")
    outputs = keras.layers.Conv2D(
        4, 3, activation="relu", name="first", **arguments
    )(inputs)
    outputs = keras.layers.BatchNormalization(name="norm")(outputs)
    outputs = keras.layers.Conv2D(5, 3, name="second")(outputs)
    outputs = keras.layers.Activation("tanh", name="act")(outputs)
    outputs = keras.layers.GlobalAveragePooling2D(name="mean")(outputs)
    model = keras.Model(inputs, outputs)
    random = np.random.default_rng(0)
    model.set_weights(
        [
            random.uniform(0.1, 1, size=w.shape) - 0.5 * (w.ndim > 1)
            for w in model.get_weights()
        ]
    )
    return model


@pytest.mark.parametrize("before", [True, False])
def test_as_torchvision(before):
    found = features(
        "vgg19",
        LAYERS,
        before,
        weights=None,
        images=photograph_pair(*FEATURE_SIZE)[0][np.newaxis] / 255,
    )
    with np.load(FIXTURES / "features.npz") as arrays:
        for maps, name in zip(found, LAYERS, strict=True):
            expected = arrays[f"{'before' if before else 'after'}/{name}"]
            assert (expected.min() < 0) == before
            scale = np.abs(expected).max()
            np.testing.assert_allclose(
                thinned(maps[0]), expected, rtol=1e-4, atol=1e-5 * scale
            )


@pytest.mark.parametrize("network", TRUNKS)
def test_before_and_after_are_an_activation_apart(network):
    first, last = "conv1", "fire3_squeeze1x1"
    if network.startswith("vgg"):
        first, last = "block1_conv1", "block2_conv1"
    if network == "alexnet":
        last = "conv2"
    images = np.repeat(IMAGES, 2, axis=1)
    arguments = {"weights": None, "images": images}
    before = features(network, [first, last], True, **arguments)
    after = features(network, [first, last], **arguments)
    for one, other in zip(before, after, strict=True):
        assert one.min() < 0
        np.testing.assert_array_equal(np.maximum(one, 0), other)


def test_order_and_weights_of_layers():
    layers = {"fire3": 2, "conv1": 0.5}
    extractor = FeatureExtractor("squeezenet", layers, weights=None)
    assert extractor.layer_weights == [2.0, 0.5]
    shapes = [tuple(maps.shape) for maps in extractor(IMAGES)]
    assert shapes == [(2, 4, 6, 128), (2, 9, 12, 64)]
    (alone,) = features("squeezenet", "conv1", weights=None)
    np.testing.assert_array_equal(alone, numpy_of(extractor(IMAGES)[1]))


@pytest.mark.parametrize(
    ("preprocessing", "expected"),
    [
        (
            "torch",
            (IMAGES - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
        ),
        ("caffe", IMAGES[..., ::-1] * 255 - [103.939, 116.779, 123.68]),
        (None, IMAGES),
        ("auto", IMAGES),
    ],
)
@pytest.mark.parametrize("input_range", [(0, 1), (-1, 1), (0, 255)])
def test_preprocessing(preprocessing, expected, input_range):
    """Extract features of an identity network."""
    inputs = keras.Input((None, None, 3))
    outputs = keras.layers.Identity(name="same")(inputs)
    low, high = input_range
    (found,) = features(
        keras.Model(inputs, outputs),
        "same",
        weights=None,
        preprocessing=preprocessing,
        input_range=input_range,
        images=low + (high - low) * IMAGES,
    )
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, atol=1e-6 * scale)


def test_preprocessing_of_random_weights():
    auto = features("alexnet", "conv1", weights=None)
    torch = features("alexnet", "conv1", weights=None, preprocessing="torch")
    np.testing.assert_array_equal(auto, torch)


@pytest.mark.parametrize("layer", ["first", "second", "act", "norm"])
def test_layers_of_a_model(layer):
    model = small_model()
    inner = keras.Model(model.input, model.get_layer(layer).output)
    (found,) = features(model, layer, weights=None)
    np.testing.assert_allclose(found, numpy_of(inner(IMAGES)), atol=1e-6)


def test_before_the_activations_of_a_model():
    model = small_model()
    first, second, act = features(
        model, ["first", "second", "act"], True, weights=None
    )
    inner = keras.Model(
        model.input,
        [model.get_layer(name).output for name in ("first", "second")],
    )
    expected = [numpy_of(maps) for maps in inner(IMAGES)]
    assert first.min() < 0
    np.testing.assert_allclose(np.maximum(first, 0), expected[0], atol=1e-6)
    np.testing.assert_allclose(second, expected[1], atol=1e-6)
    np.testing.assert_allclose(act, second, atol=1e-6)


def test_a_model_stays_as_it_is():
    model = small_model()
    expected, config = numpy_of(model(IMAGES)), model.to_json()
    extractor = FeatureExtractor(model, "first", True, weights=None)
    before = numpy_of(extractor(IMAGES)[0])
    assert model.to_json() == config
    assert len(model.trainable_variables) == 6
    assert model.get_layer("first").activation is keras.activations.relu
    assert model.get_layer("first").output is not None
    np.testing.assert_array_equal(numpy_of(model(IMAGES)), expected)
    model.set_weights([0 * weight for weight in model.get_weights()])
    np.testing.assert_array_equal(numpy_of(extractor(IMAGES)[0]), before)


def test_sequential_compiled_and_nested_models():
    inner = keras.Sequential(
        [
            keras.Input((None, None, 3)),
            keras.layers.Conv2D(4, 3, name="inner"),
            keras.layers.Conv2D(2, 1, activation="relu", name="last"),
        ],
        name="nested",
    )
    inner.compile("sgd", "mse")
    expected = numpy_of(inner(IMAGES))
    inputs = keras.Input((None, None, 3))
    outer = keras.Model(inputs, keras.layers.ReLU()(inner(inputs)))
    for model, layer in ((inner, "last"), (outer, "nested")):
        (found,) = features(model, layer, weights=None)
        np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("suffix", [".weights.h5", ".keras"])
def test_weights_of_a_model_from_a_file(suffix, tmp_path):
    model, path = small_model(), tmp_path / f"network{suffix}"
    expected = features(model, "second", weights=None)
    (model.save if suffix == ".keras" else model.save_weights)(path)
    model.set_weights([0 * weight for weight in model.get_weights()])
    extractor = FeatureExtractor(model, "second", weights=path)
    config = json.loads(json.dumps(extractor.get_config()))
    for one in (extractor, FeatureExtractor.from_config(config)):
        np.testing.assert_allclose(
            numpy_of(one(IMAGES)[0]), expected[0], atol=1e-6
        )


def test_no_configuration_holds_weights():
    config = FeatureExtractor(small_model(), "norm", weights=None).get_config()
    with pytest.raises(ValueError, match="`weights`, or load with compile=Fal"):
        FeatureExtractor.from_config(json.loads(json.dumps(config)))


def test_configuration():
    arguments = {
        "network": "squeezenet",
        "layers": {"fire3_expand3x3": 0.5},
        "before_activation": True,
        "weights": None,
        "preprocessing": "caffe",
        "input_range": [-1, 1],
        "seed": 3,
    }
    extractor = FeatureExtractor(**arguments)
    assert extractor.get_config() == arguments
    saved = keras.saving.serialize_keras_object(extractor)
    again = keras.saving.deserialize_keras_object(json.loads(json.dumps(saved)))
    np.testing.assert_array_equal(
        numpy_of(again(IMAGES)[0]), numpy_of(extractor(IMAGES)[0])
    )


def test_dropout_and_normalisation_do_not_learn():
    inputs = keras.Input((None, None, 3))
    outputs = keras.layers.Dropout(0.5)(inputs)
    outputs = keras.layers.BatchNormalization(name="norm")(outputs)
    model = keras.Model(inputs, outputs)
    extractor = FeatureExtractor(model, "norm", weights=None)
    for _ in range(2):
        np.testing.assert_allclose(
            numpy_of(extractor(IMAGES)[0]), IMAGES, atol=1e-3
        )


def test_gradient_of_the_images():
    extractor = FeatureExtractor("squeezenet", "fire3", weights=None)
    (found,) = layer_checks.gradients(
        lambda images: extractor(images)[0],
        [IMAGES],
        np.ones((2, 4, 6, 128)).astype("float32"),
    )
    assert np.isfinite(found).all() and np.any(found != 0)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_features_have_the_dtype_of_the_images(dtype):
    extractor = FeatureExtractor("squeezenet", "fire3", weights=None)
    images = ops.convert_to_tensor(IMAGES.astype(dtype))
    (found,) = extractor(images)
    assert keras.backend.standardize_dtype(found.dtype) == dtype
    expected = numpy_of(extractor(numpy_of(images).astype("float32"))[0])
    np.testing.assert_allclose(numpy_of(found), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.skipif(
    layer_checks.BACKEND != "tensorflow", reason="sizes are always known"
)
def test_short_sides_that_are_unknown_are_filled_up():
    extractor = FeatureExtractor("squeezenet", "fire5", weights=None)
    images = IMAGES[:, :5]
    filled = np.pad(images, ((0, 0), (0, 4), (0, 0), (0, 0)))
    expected = numpy_of(extractor(filled)[0])
    for call in compiled_for_open_sizes(lambda x: extractor(x)[0]):
        found = numpy_of(call(ops.convert_to_tensor(images)))
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"network": "resnet50"}, "`network` must be one of .*'resnet50'"),
        ({"network": 3}, "`network` must be the name .*network=3"),
        ({"layers": "conv9"}, "`layers` .*conv1, pool1, .*'conv9'"),
        ({"layers": []}, r"`layers` must be the name .*layers=\[\]"),
        ({"layers": ["conv1"] * 2}, "list of unique names"),
        ({"layers": [1]}, r"`layers` must be the name .*layers=\[1\]"),
        ({"layers": {"conv1": -1}}, r"`layers\['conv1'\]` .*=-1"),
        ({"before_activation": 1}, "`before_activation` .*=1"),
        (
            {"layers": "fire2", "before_activation": True},
            "`before_activation` must be False .*'fire2'",
        ),
        ({"weights": 5}, "`weights` must be None, a name or a path.*=5"),
        ({"preprocessing": "tf"}, "`preprocessing` .*'tf'"),
        ({"input_range": (1, 0)}, r"`input_range` .*\(1, 0\)"),
        ({"input_range": 255}, "`input_range` .*=255"),
        ({"input_range": (0, float("nan"))}, "`input_range` .*nan"),
        ({"seed": 0.5}, "`seed` .*=0.5"),
    ],
)
def test_bad_arguments(arguments, match):
    defaults = {"network": "squeezenet", "layers": "conv1", "weights": None}
    with pytest.raises(ValueError, match=match):
        FeatureExtractor(**{**defaults, **arguments})


def two_inputs():
    one, other = keras.Input((4, 4, 3)), keras.Input((4, 4, 3))
    return keras.Model([one, other], one + other)


def used_twice():
    inputs = keras.Input((None, None, 3))
    layer = keras.layers.Conv2D(3, 1, name="layer")
    return keras.Model(inputs, layer(layer(inputs)))


@pytest.mark.parametrize(
    ("network", "layers", "weights", "match"),
    [
        (two_inputs, "add", None, "`network` .*one input"),
        (used_twice, "layer", None, "uses once.*'layer'"),
        (small_model, "mean", None, "return maps .*'mean'"),
        (small_model, "pixels", None, "`layers` .*first, norm.*'pixels'"),
        (small_model, "first", "imagenet", "`weights` .*None.*'imagenet'"),
        (small_model, "first", "no.h5", "`weights` .*None.*'no.h5'"),
    ],
)
def test_bad_models(network, layers, weights, match):
    with pytest.raises(ValueError, match=match):
        FeatureExtractor(network(), layers, weights=weights)


def test_file_of_another_model(tmp_path):
    path = tmp_path / "other.weights.h5"
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    model.save_weights(path)
    with pytest.raises(ValueError, match="`weights` must be a file of weights"):
        FeatureExtractor(small_model(), "first", weights=path)


def test_archive_that_is_much_larger_than_the_model(tmp_path):
    """Arrays that are not stored take no place in the file."""
    path, archive = tmp_path / "w.h5", tmp_path / "network.keras"
    with h5py.File(path, "w") as file:
        file.create_dataset("w", (2**30,), "f4", chunks=(1024,))
    with zipfile.ZipFile(archive, "w") as file:
        file.write(path, "model.weights.h5")
    with pytest.raises(ValueError, match="the arrays have more than"):
        FeatureExtractor(small_model(), "first", weights=archive)


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        ((2, 8, 20, 3), r"`images` .*9 pixels.*\(2, 8, 20, 3\)"),
        ((2, 20, 20, 1), r"`images` .*3 channels.*\(2, 20, 20, 1\)"),
        ((20, 20, 3), r"`images` .*\(20, 20, 3\)"),
    ],
)
def test_bad_images(shape, match):
    extractor = FeatureExtractor("squeezenet", "fire5", weights=None)
    with pytest.raises(ValueError, match=match):
        extractor(np.zeros(shape, "float32"))
