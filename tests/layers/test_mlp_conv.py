import keras
import numpy as np
import pytest

from convzoo.layers import MLPConv
from tests.support import (
    convolution,
    numpy_of,
    randomized,
    rest_long,
    run_layer_test,
)


@pytest.mark.parametrize(
    ("arguments", "output_shape"),
    rest_long(
        ({"units": (5, 4, 3), "kernel_size": 3}, (2, 9, 7, 3)),
        (
            {
                "units": [6, 4],
                "kernel_size": (3, 2),
                "strides": 2,
                "padding": "valid",
                "activation": "gelu",
                "final_activation": None,
                "normalization": "batch",
                "dropout": 0.25,
                "use_bias": False,
                "kernel_regularizer": "l2",
            },
            (2, 4, 3, 4),
        ),
        (
            {"units": (4,), "kernel_size": 3, "dilation_rate": (2, 1)},
            (2, 9, 7, 4),
        ),
    ),
)
def test_layer(arguments, output_shape, tmp_path):
    run_layer_test(
        MLPConv,
        arguments,
        (2, 9, 7, 3),
        output_shape,
        folder=tmp_path,
        other_shapes=[(1, 12, 16, 3), (3, 3, 2, 3)],
    )


def test_weight_for_weight_the_chain_of_convolutions():
    arguments = {"strides": (2, 1), "padding": "valid"}
    layer = MLPConv((6, 5, 4), (3, 2), **arguments)
    chain = keras.Sequential(
        [
            keras.layers.Conv2D(6, (3, 2), activation="relu", **arguments),
            keras.layers.Conv2D(5, 1, activation="relu"),
            keras.layers.Conv2D(4, 1, activation="relu"),
        ]
    )
    maps = np.random.default_rng(0).normal(size=(2, 9, 8, 3)).astype("float32")
    layer.build(maps.shape)
    chain.build(maps.shape)
    randomized(layer)
    chain.set_weights(layer.get_weights())
    np.testing.assert_allclose(
        numpy_of(layer(maps)), numpy_of(chain(maps)), atol=1e-6
    )


def test_a_perceptron_on_every_patch():
    layer = MLPConv((6, 5, 4), 3, final_activation="linear")
    image = np.random.default_rng(0).normal(size=(7, 6, 3)).astype("float32")
    layer.build((None, None, None, 3))
    randomized(layer)
    kernels = [numpy_of(w) for w in layer.trainable_variables]
    x = np.maximum(convolution(image, *kernels[:2]), 0)
    x = np.maximum(x @ kernels[2][0, 0] + kernels[3], 0)
    x = x @ kernels[4][0, 0] + kernels[5]
    found = numpy_of(layer(np.expand_dims(image, 0)))[0]
    np.testing.assert_allclose(found, x, atol=1e-5)


def test_normalization_stands_before_the_activation():
    layer = MLPConv((4,), 1, normalization="batch")
    maps = np.random.default_rng(0).normal(size=(8, 9, 9, 3)).astype("float32")
    outputs = numpy_of(layer(maps, training=True))
    # About half of the normalised values are negative, and ReLU comes after.
    assert np.min(outputs) == 0
    assert 0.3 < np.mean(outputs == 0) < 0.7


def test_dropout_acts_in_training_only():
    layer = MLPConv((64,), 1, dropout=0.5, final_activation=None)
    maps = np.ones((4, 8, 8, 3), "float32")
    assert not np.any(numpy_of(layer(maps)) == 0)
    dropped = np.mean(numpy_of(layer(maps, training=True)) == 0)
    assert 0.45 < dropped < 0.55


def test_layers_of_one_shape_start_differently():
    layer = MLPConv((3, 3, 3), 1)
    layer.build((None, None, None, 3))
    first, second = (numpy_of(conv.kernel) for conv in layer.convs[:2])
    assert not np.array_equal(first, second)


def test_regularizers_are_losses():
    layer = MLPConv((4, 2), 3, kernel_regularizer="l2")
    layer(np.ones((1, 5, 5, 3), "float32"))
    assert len(layer.losses) == 2


def test_channels_first():
    last, first = (
        MLPConv((4, 3), 3, data_format=f"channels_{end}", normalization="batch")
        for end in ("last", "first")
    )
    maps = np.random.default_rng(0).normal(size=(2, 7, 6, 3)).astype("float32")
    last.build(maps.shape)
    first.build((2, 3, 7, 6))
    randomized(last)
    first.set_weights(last.get_weights())
    found = numpy_of(first(np.transpose(maps, (0, 3, 1, 2))))
    assert found.shape == first.compute_output_shape((2, 3, 7, 6))
    np.testing.assert_allclose(
        np.transpose(found, (0, 2, 3, 1)), numpy_of(last(maps)), atol=1e-5
    )


def test_stride_and_dilation_are_both_named():
    with pytest.raises(ValueError, match=r"strides=2, dilation_rate=\(1, 3\)"):
        MLPConv((4,), 3, strides=2, dilation_rate=(1, 3))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("units", ()),
        ("units", 3),
        ("units", (3, 0)),
        ("units", (3.0,)),
        ("kernel_size", 0),
        ("kernel_size", (1, 2, 3)),
        ("strides", "2"),
        ("padding", "full"),
        ("padding", 1),
        ("dilation_rate", -1),
        ("normalization", "layer"),
        ("dropout", 1.0),
        ("dropout", -0.1),
        ("dropout", float("nan")),
        ("use_bias", None),
        ("data_format", "last"),
    ],
)
def test_arguments_are_quoted(name, value):
    arguments = {"units": (4,), "kernel_size": 3, name: value}
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        MLPConv(**arguments)


def test_rank_is_quoted():
    with pytest.raises(ValueError, match="rank 4.*input_shape="):
        MLPConv((4,), 3)(np.zeros((2, 5, 3), "float32"))
