import keras
import numpy as np
import pytest

from convzoo.losses.trunk_weights import random_trunk, trunk_with_weights
from convzoo.losses.trunks import (
    TRUNKS,
    build_trunk,
    smallest_side,
    trunk_convolutions,
    trunk_layer_names,
)
from tests.loss_checks import dtype_policy
from tests.support import numpy_of

# Numbers of parameters of torchvision's `features`.
PARAMETERS = {
    "vgg16": 14_714_688,
    "vgg19": 20_024_384,
    "alexnet": 2_469_696,
    "squeezenet": 722_496,
}


@pytest.mark.parametrize("network", TRUNKS)
def test_size_of_torchvision(network):
    count = sum(
        part.filters * (part.channels * part.kernel**2 + 1)
        for part in trunk_convolutions(network)
    )
    assert count == PARAMETERS[network]


@pytest.mark.parametrize("network", TRUNKS)
def test_layers_have_their_names(network):
    model = build_trunk(network)
    names = [layer.name for layer in model.layers]
    assert set(trunk_layer_names(network)) <= set(names)
    assert not model.trainable_variables


@pytest.mark.parametrize(
    ("network", "layer", "side"),
    [
        ("vgg16", "block5_conv3", 16),
        ("vgg19", "block1_conv2", 1),
        ("vgg19", "block2_conv1", 2),
        ("alexnet", "conv5", 31),
        ("alexnet", "conv1", 7),
        ("squeezenet", "fire9", 17),
        ("squeezenet", "conv1", 3),
    ],
)
def test_smallest_side(network, layer, side):
    assert smallest_side(network, [layer]) == side
    model = build_trunk(network, [layer])
    inner = keras.Model(model.input, model.get_layer(layer).output)
    assert inner.compute_output_shape((1, side, side, 3))[1:3] == (1, 1)


@pytest.mark.parametrize("side", range(3, 12))
def test_pools_of_squeezenet_round_up(side):
    model = build_trunk("squeezenet", ["pool1"])
    pool = keras.Model(
        model.get_layer("conv1").output, model.get_layer("pool1").output
    )
    maps = np.random.default_rng(side).uniform(size=(1, side, side, 64))
    # PyTorch's ceil mode: windows start up to the second last pixel.
    count = (side - 3 + 1) // 2 + 1
    expected = [
        [
            maps[0, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3].max(axis=(0, 1))
            for x in range(count)
        ]
        for y in range(count)
    ]
    np.testing.assert_allclose(
        numpy_of(pool(maps.astype("float32")))[0], expected, rtol=1e-6
    )


def test_only_what_is_needed_is_built():
    model = build_trunk("vgg19", ["block1_conv2", "block2_conv1"])
    assert model.layers[-1].name == "block2_conv1"


def test_random_weights_do_not_depend_on_the_depth():
    deep = random_trunk("squeezenet", 3)
    shallow = random_trunk("squeezenet", 3, ["conv1", "fire2"])
    assert 0 < len(shallow) < len(deep)
    for name, array in shallow.items():
        np.testing.assert_array_equal(array, deep[name])
    other = random_trunk("squeezenet", 4)["features.0.weight"]
    assert not np.array_equal(other, deep["features.0.weight"])


def test_settings_of_keras_do_not_matter():
    images = np.random.default_rng(0).uniform(size=(1, 33, 40, 3))
    images = images.astype("float32")
    layers = ["conv1", "fire3"]
    expected = trunk_with_weights("squeezenet", layers, None)[0](images)
    before = keras.config.image_data_format(), keras.config.floatx()
    try:
        keras.config.set_image_data_format("channels_first")
        keras.config.set_floatx("float16")
        with dtype_policy("mixed_float16"):
            found = trunk_with_weights("squeezenet", layers, None)[0](images)
    finally:
        keras.config.set_image_data_format(before[0])
        keras.config.set_floatx(before[1])
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    np.testing.assert_array_equal(numpy_of(found), numpy_of(expected))
