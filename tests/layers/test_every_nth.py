import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from convzoo.layers import DeformableConv2D, MLPConv, SpectralConv2D
from convzoo.layers.every_nth import every_nth, shape_of_every_nth
from tests.support import numpy_of

MAPS = np.random.default_rng(0).random((2, 7, 6, 3), "float32")


@pytest.mark.parametrize("strides", [(1, 1), (2, 2), (3, 1), (1, 9)])
def test_the_shape_is_that_of_the_maps(strides):
    found = numpy_of(every_nth(keras.ops.convert_to_tensor(MAPS), strides))
    expected = MAPS[:, :: strides[0], :: strides[1]]
    np.testing.assert_array_equal(found, expected)
    assert shape_of_every_nth(MAPS.shape, strides) == expected.shape
    opened = shape_of_every_nth((None, None, 6, 3), strides)
    assert opened == (None, None, *expected.shape[2:])


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("strides", [2, (3, 1), (1, 2)])
def test_single_pixels_are_convolved_as_by_keras(strides, padding):
    """The oracle is Keras's strided convolution, whose outputs are right."""
    expected = layers.Conv2D(4, 1, strides, padding, use_bias=False)
    wanted = numpy_of(expected(MAPS))
    made = {
        "chain": MLPConv((4,), 1, strides, padding, final_activation=None),
        "deformable": DeformableConv2D(4, 1, strides, padding, modulated=False),
        "spectral": SpectralConv2D(4, 1, strides, padding=padding),
    }
    for name, layer in made.items():
        assert layer.compute_output_shape(MAPS.shape) == wanted.shape, name
        layer.build(MAPS.shape)
        weight = layer.convs[0].kernel if name == "chain" else layer.kernel
        weight.assign(expected.kernel)
        found = numpy_of(layer(MAPS))
        if name == "spectral":
            # The norm is only an estimate.
            ratio = found[0, 0, 0, 0] / wanted[0, 0, 0, 0]
            found = found / ratio
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


_TRAIN = """
import keras
import numpy as np
from convzoo.layers import DeformableConv2D, MLPConv, SpectralConv2D
from convzoo.zoo.classification.residual_unit import ResidualUnit

random = np.random.default_rng(0)
inputs = keras.Input((None, None, 3))
parts = []
for channels in (1, 2, 4, 8):
    x = keras.layers.Conv2D(channels, 3, padding="same")(inputs)
    for layer in (
        MLPConv((channels, 2 * channels), 1, 2),
        DeformableConv2D(2 * channels, 1, 2),
        SpectralConv2D(2 * channels, 1, 2),
        ResidualUnit(2 * channels, 2),
    ):
        parts.append(keras.layers.GlobalAveragePooling2D()(layer(x)))
x = keras.layers.Concatenate()(parts)
model = keras.Model(inputs, keras.layers.Dense(2)(x))
model.compile("adam", "mse", jit_compile=False)
for height, width in ((33, 27), (64, 64), (31, 47), (24, 20), (9, 8)):
    images = random.random((8, height, width, 3), "float32")
    model.fit(images, random.random((8, 2)), 8, epochs=3, verbose=0)
"""


@pytest.mark.long
def test_training_strided_single_pixels_ends_no_process():
    """Regression test: their gradients corrupted the memory."""
    found = subprocess.run(
        [sys.executable, "-c", _TRAIN], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr[-2000:]
