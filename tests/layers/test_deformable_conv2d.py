import keras
import numpy as np
import pytest

from convzoo.layers import DeformableConv2D, deform_conv2d
from tests.layer_checks import weight_gradients
from tests.support import numpy_of, randomized, rest_long, run_layer_test


def built(shape, seed=0, **arguments):
    layer = DeformableConv2D(**arguments)
    layer.build(shape)
    return randomized(layer, seed)


@pytest.mark.parametrize(
    ("arguments", "shape", "output_shape"),
    rest_long(
        ({"filters": 3, "kernel_size": 3}, (2, 9, 7, 4), (2, 9, 7, 3)),
        (
            {
                "filters": 6,
                "kernel_size": (3, 2),
                "strides": (2, 1),
                "padding": (2, 1),
                "dilation_rate": (2, 1),
                "groups": 2,
                "deformable_groups": 4,
                "modulation_scale": 1.0,
                "offset_gradient_scale": 0.1,
                "max_offset": 2.5,
                "activation": "relu",
                "kernel_regularizer": "l2",
                "offset_kernel_constraint": "non_neg",
            },
            (2, 9, 7, 4),
            (2, 5, 8, 6),
        ),
        (
            {
                "filters": 5,
                "kernel_size": 2,
                "strides": 2,
                "modulated": False,
                "use_bias": False,
                "data_format": "channels_first",
            },
            (2, 4, 9, 7),
            (2, 5, 5, 4),
        ),
    ),
)
def test_layer(arguments, shape, output_shape, tmp_path):
    first = arguments.get("data_format") == "channels_first"
    others = [(1, 12, 16, 4), (3, 1, 2, 4)]
    if first:
        others = [(n, c, h, w) for n, h, w, c in others]
    run_layer_test(
        DeformableConv2D,
        arguments,
        shape,
        output_shape,
        folder=tmp_path,
        other_shapes=others,
    )


@pytest.mark.parametrize("modulated", [True, False])
@pytest.mark.parametrize(
    "arguments",
    [
        {"kernel_size": 3},
        {"kernel_size": (3, 2), "strides": 2},
        {"kernel_size": 3, "padding": "valid", "strides": (2, 1)},
        {"kernel_size": 3, "dilation_rate": (2, 3)},
        {"kernel_size": 1},
        {"kernel_size": 5},
    ],
)
def test_a_new_layer_is_a_convolution(arguments, modulated):
    maps = np.random.default_rng(0).normal(size=(2, 8, 9, 4)).astype("float32")
    arguments = {"padding": "same", **arguments}
    plain = keras.layers.Conv2D(4, **arguments)
    layer = DeformableConv2D(4, modulated=modulated, **arguments)
    plain.build(maps.shape)
    layer.build(maps.shape)
    randomized(plain)
    layer.kernel.assign(plain.kernel)
    layer.bias.assign(plain.bias)
    expected = numpy_of(plain(maps))
    found = numpy_of(layer(maps))
    assert found.shape == layer.compute_output_shape(maps.shape)
    np.testing.assert_allclose(found, expected, atol=1e-6 * 4)


def test_first_ground_truth_of_mmcv():
    """mmcv's test of DeformConv2dPack: channels last, offsets of the image."""
    image = np.float32([[1, 2, 3], [0, 1, 2], [3, 5, 2]]).reshape(1, 3, 3, 1)
    weights = np.float32(
        [
            [0.1, 0.4, 0.6, 0.1],
            [0.3, 0.2, 0.1, 0.3],
            [0.5, 0.5, 0.2, 0.8],
            [0.8, 0.3, 0.9, 0.1],
            [0.3, 0.1, 0.2, 0.5],
            [0.3, 0.7, 0.5, 0.3],
            [0.6, 0.2, 0.5, 0.3],
            [0.4, 0.1, 0.8, 0.4],
        ]
    )
    layer = DeformableConv2D(
        1, 2, padding="valid", modulated=False, use_bias=False
    )
    layer.build(image.shape)
    layer.kernel.assign(np.float32([0.4, 0.2, 0.1, 0.9]).reshape(2, 2, 1, 1))
    layer.offset_kernel.assign(weights.T.reshape(2, 2, 1, 8))
    layer.offset_bias.assign(
        np.float32([0.7, 0.1, 0.8, 0.5, 0.6, 0.5, 0.4, 0.7])
    )
    np.testing.assert_allclose(
        numpy_of(layer(image)).reshape(4), [1.65, 0, 0, 0], atol=1e-5
    )
    kernel, offset_kernel, offset_bias = gradients_of_sum(layer, image)
    # The published values have two decimals.
    np.testing.assert_allclose(
        kernel.reshape(4), [3.62, 0, 0.40, 0.18], atol=6e-3
    )
    expected = np.array([1.44, -0.72, 0, 0, -0.10, -0.08, -0.54, -0.54])
    np.testing.assert_allclose(offset_bias, expected, atol=6e-3)
    # Only one output reads the image; its taps read 1, 2, 0, 1.
    np.testing.assert_allclose(
        offset_kernel.reshape(4, 8),
        np.outer([1, 2, 0, 1], expected),
        atol=1.2e-2,
    )


def test_second_ground_truth_of_mmcv():
    """mmcv's test of ModulatedDeformConv2dPack: zero offsets, padding 1."""
    image = np.tile(np.float32([1, 2, 3]), (3, 1)).reshape(1, 3, 3, 1)
    layer = DeformableConv2D(
        1, 2, padding=1, modulation_scale=1.0, use_bias=False
    )
    layer.build(image.shape)
    layer.kernel.assign(np.ones((2, 2, 1, 1)))
    edge, middle = [0.5, 1.5, 2.5, 1.5], [1, 3, 5, 3]
    np.testing.assert_allclose(
        numpy_of(layer(image))[0, :, :, 0], [edge, middle, middle, edge]
    )
    kernel, offset_kernel, offset_bias = gradients_of_sum(layer, image)
    np.testing.assert_allclose(kernel, np.full((2, 2, 1, 1), 9), atol=1e-4)
    np.testing.assert_allclose(offset_bias, [-3, -1.5] * 4 + [4.5] * 4)
    expected = [
        [-7, -4, 0, 0],
        [-9, 7.5, -6, 5],
        [-4, -7, 0, 0],
        [-7.5, -9, -5, -6],
        [-7, -4, -7, -4],
        [-6, 5, -9, 7.5],
        [-4, -7, -4, -7],
        [-5, -6, -7.5, -9],
        [10.5, 6, 7, 4],
        [6, 10.5, 4, 7],
        [7, 4, 10.5, 6],
        [4, 7, 6, 10.5],
    ]
    np.testing.assert_allclose(offset_kernel.reshape(4, 12).T, expected)


def gradients_of_sum(layer, image):
    """Return the gradients of the sum of the outputs.

    `weight_gradients` takes the mean square, whose gradient is twice that of
    the sum where the sum is 1.
    """

    class Sum(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = layer
            self.built = True

        def call(self, x):
            # The value is 1, with the gradient of y.
            y = keras.ops.sum(self.inner(x))
            return 1 + y - keras.ops.stop_gradient(y)

    return [numpy_of(g) / 2 for g in weight_gradients(Sum(), image)]


def test_offsets_and_mask_are_what_the_function_takes():
    maps = np.random.default_rng(0).normal(size=(2, 6, 7, 4)).astype("float32")
    layer = built(maps.shape, filters=3, kernel_size=3, deformable_groups=2)
    plain = keras.layers.Conv2D(54, 3, padding="same")
    plain.build(maps.shape)
    plain.set_weights(
        [numpy_of(layer.offset_kernel), numpy_of(layer.offset_bias)]
    )
    offset, logits = np.split(numpy_of(plain(maps)), [36], axis=-1)
    mask = 2 / (1 + np.exp(-logits))
    expected = deform_conv2d(
        maps, layer.kernel, offset, mask, padding="same", deformable_groups=2
    )
    np.testing.assert_allclose(
        numpy_of(layer(maps)),
        numpy_of(expected) + numpy_of(layer.bias),
        atol=1e-5,
    )


def test_max_offset_bounds_the_offsets_smoothly():
    maps = np.ones((1, 6, 6, 1), "float32")
    layer = built(maps.shape, filters=1, kernel_size=1, max_offset=2.0)
    layer.offset_kernel.assign(np.zeros((1, 1, 1, 3)))
    for bias, bound in ((1e6, 2.0), (-1e6, -2.0), (0.01, 0.01)):
        layer.offset_bias.assign(np.full(3, bias))
        offset, _ = layer._offset_and_mask(keras.ops.convert_to_tensor(maps))
        np.testing.assert_allclose(numpy_of(offset), bound, rtol=1e-4)


def test_offset_gradient_scale_slows_the_offsets_only():
    maps = np.random.default_rng(0).normal(size=(2, 6, 7, 4)).astype("float32")
    arguments = {"filters": 3, "kernel_size": 3}
    layers = [
        built(maps.shape, offset_gradient_scale=scale, **arguments)
        for scale in (1.0, 0.1, 0.0)
    ]
    outputs = [numpy_of(layer(maps)) for layer in layers]
    np.testing.assert_array_equal(outputs[0], outputs[1])
    full, slow, still = (
        {
            v.name: numpy_of(g)
            for v, g in zip(
                layer.trainable_variables,
                weight_gradients(layer, maps),
                strict=True,
            )
        }
        for layer in layers
    )
    for name, gradient in full.items():
        factor = 0.1 if name.startswith("offset") else 1
        np.testing.assert_allclose(slow[name], factor * gradient, rtol=1e-4)
    assert np.all(still["offset_kernel"] == 0)
    assert np.any(full["offset_kernel"] != 0)


def test_the_mean_offset_is_a_metric_in_training():
    maps = np.random.default_rng(0).normal(size=(4, 6, 7, 2)).astype("float32")
    layer = DeformableConv2D(1, 3, track_offsets=True)
    model = keras.Sequential([keras.Input((None, None, 2)), layer])
    bias = np.tile([0.25, -0.75], 9)
    layer.offset_bias.assign(np.concatenate([bias, np.zeros(9)]))
    model.compile("sgd", "mse")
    history = model.fit(maps, maps[..., :1], verbose=0).history
    # Keras on JAX does not collect the metrics of layers.
    expected = 0 if keras.config.backend() == "jax" else 0.5
    assert history["offset_mean_abs"] == [pytest.approx(expected)]
    model.reset_metrics()
    model.predict(maps, verbose=0)
    assert float(layer.offset_mean_abs.result()) == 0


@pytest.mark.long
def test_learns_a_shift():
    """A 1x1 kernel cannot shift an image; its offset can."""
    random = np.random.default_rng(0)
    coarse = random.normal(size=(32, 6, 6, 1)).astype("float32")
    smooth = np.asarray(
        keras.layers.UpSampling2D(4, interpolation="bilinear")(coarse)
    )
    inputs, targets = smooth[:, :, :-2], smooth[:, :, 2:]
    layer = DeformableConv2D(1, 1, modulated=False)
    model = keras.Sequential([keras.Input((24, 22, 1)), layer])
    layer.kernel.assign(np.ones((1, 1, 1, 1)))
    model.compile(keras.optimizers.Adam(0.05), "mse")
    model.fit(inputs, targets, epochs=80, batch_size=32, verbose=0)
    down, right = numpy_of(layer.offset_bias)
    assert abs(down) < 0.3 and abs(right - 2) < 0.3


def test_config_keeps_what_was_given():
    layer = DeformableConv2D(4, (3, 2), offset_bias_initializer="ones")
    config = layer.get_config()
    assert config["kernel_size"] == (3, 2) and config["padding"] == "same"
    again = DeformableConv2D.from_config(config)
    assert isinstance(again.offset_bias_initializer, keras.initializers.Ones)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("filters", 0),
        ("filters", 2.0),
        ("kernel_size", (3,)),
        ("kernel_size", None),
        ("strides", 0),
        ("padding", "full"),
        ("padding", (1, -1)),
        ("dilation_rate", 0),
        ("groups", 0),
        ("groups", 3),
        ("deformable_groups", "2"),
        ("modulated", 2),
        ("modulation_scale", 0),
        ("modulation_scale", float("inf")),
        ("offset_gradient_scale", -0.1),
        ("max_offset", 0),
        ("max_offset", float("nan")),
        ("max_offset", "4"),
        ("track_offsets", None),
        ("use_bias", 1),
        ("data_format", "first"),
    ],
)
def test_arguments_are_quoted(name, value):
    arguments = {"filters": 4, "kernel_size": 3, name: value}
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        DeformableConv2D(**arguments)


@pytest.mark.parametrize(
    ("arguments", "shape", "message"),
    [
        ({}, (2, 5, 4), "rank 4.*input_shape="),
        ({}, (2, 5, 5, None), "channels.*input_shape="),
        ({"groups": 2}, (2, 5, 5, 3), "`groups`.*3.*groups=2"),
        ({"deformable_groups": 3}, (2, 5, 5, 4), "deformable_groups=3"),
        (
            {"padding": "valid"},
            (2, 2, 5, 4),
            r"does not fit.*kernel_size=\(3, 3\)",
        ),
    ],
)
def test_inputs_are_quoted(arguments, shape, message):
    layer = DeformableConv2D(4, 3, **arguments)
    with pytest.raises(ValueError, match=message):
        layer.build(shape)
