import keras
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from keras import layers

from convzoo.export.quantization_aware import (
    quantization_aware,
    rounded_filters,
    rounded_map,
)
from tests.layer_checks import examples, gradients
from tests.support import numpy_of

pytestmark = pytest.mark.usefixtures("one_process")

tf = pytest.importorskip("tensorflow")
FLOATS = st.floats(-100, 100, width=32)


@examples(40)
@given(npst.arrays("float32", (2, 3, 2, 2), elements=FLOATS))
def test_maps_are_rounded_as_tensorflow_does(maps):
    low, high = min(maps.min(), 0), max(maps.max(), 0)
    assume(high - low >= 1e-3)
    expected = tf.quantization.fake_quant_with_min_max_vars(maps, low, high)
    # Values halfway between two levels may round to either, one step apart.
    step = (high - low) / 255
    difference = np.abs(numpy_of(rounded_map(maps)) - expected.numpy())
    assert difference.max() < 1.01 * step
    assert np.mean(difference > 0.01 * step) < 0.3


def test_maps_of_a_photograph_are_rounded_as_tensorflow_does():
    maps = np.random.default_rng(0).normal(size=(2, 16, 16, 4)).astype("f4")
    expected = tf.quantization.fake_quant_with_min_max_vars(
        maps, maps.min(), maps.max()
    )
    found = numpy_of(rounded_map(maps))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert len(np.unique(found)) <= 256 and 0 in found.round(7)


def test_each_filter_is_rounded_as_tensorflow_does():
    kernel = np.random.default_rng(0).normal(size=(3, 3, 4, 5)).astype("f4")
    kernel *= np.geomspace(1e-3, 1e3, 5)
    largest = np.abs(kernel).max(axis=(0, 1, 2))
    expected = tf.quantization.fake_quant_with_min_max_vars_per_channel(
        kernel, -largest, largest, narrow_range=True
    )
    np.testing.assert_allclose(
        numpy_of(rounded_filters(kernel)), expected, rtol=1e-5, atol=1e-9
    )


@pytest.mark.parametrize("function", [rounded_filters, rounded_map])
@pytest.mark.parametrize("scale", [0.0, 1.0])
def test_the_gradient_is_of_what_was_not_rounded(function, scale):
    random = np.random.default_rng(0)
    values = scale * random.normal(size=(3, 3, 2, 4))
    upstream = random.normal(size=values.shape).astype("float32")
    (found,) = gradients(function, [values.astype("float32")], upstream)
    np.testing.assert_allclose(found, upstream, rtol=1e-5)
    assert np.all(np.isfinite(numpy_of(function(values.astype("float32")))))


def network(activation=None):
    inputs = keras.Input((None, None, 3), name="image")
    x = layers.Conv2D(8, 3, padding="same", name="first")(inputs)
    if activation is not None:
        x = activation(x)
    return keras.Model(inputs, x)


@pytest.mark.parametrize(
    "activation", [None, layers.ReLU(), layers.LeakyReLU(0.3)]
)
def test_it_rounds_as_the_file_does(activation, tmp_path):
    pytest.importorskip("ai_edge_quantizer")
    from convzoo.export import LiteRTModel, export_litert

    keras.utils.set_random_seed(0)
    model, image = network(activation), noise()
    path = tmp_path / "model.tflite"
    # With one calibration image, its ranges are those of the batch.
    export_litert(
        model,
        path,
        quantize="int8",
        calibration=[{"image": image}],
        quantize_tolerance=1,
    )
    (found,) = LiteRTModel(path)(image=image).values()
    from_float = np.abs(found - numpy_of(model(image)))
    from_rounding = np.abs(found - numpy_of(quantization_aware(model)(image)))
    assert 0 < np.mean(from_rounding) < 0.1 * np.mean(from_float)


def noise():
    random = np.random.default_rng(0)
    return np.float32(random.uniform(size=(1, 24, 31, 3)))


def test_training_it_trains_the_model():
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(8, 3, activation="relu", padding="same")(inputs)
    model = keras.Model(inputs, layers.Dense(4)(x) + 1)
    rounding = quantization_aware(model)
    assert len(rounding.weights) == len(model.weights)
    before = model.get_weights()
    rounding.compile(keras.optimizers.Adam(1e-2), "mse")
    image, target = noise(), np.zeros((1, 24, 31, 4))
    losses = [rounding.train_on_batch(image, target) for _ in range(30)]
    assert losses[-1] < 0.5 * losses[0]
    for old, new in zip(before, model.get_weights(), strict=True):
        assert np.any(old != new)
