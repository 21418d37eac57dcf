import itertools
import sys

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convzoo.layers import deform_conv2d
from tests.layer_checks import BACKEND, FLOATS, examples, gradients, wide_enough
from tests.support import FIXTURES, numpy_of

ODD = {"strides": (2, 1), "padding": (1, 0), "dilation_rate": (2, 1)}


def looped(
    inputs,
    kernel,
    offset,
    mask=None,
    strides=(1, 1),
    padding=(0, 0),
    dilation_rate=(1, 1),
    deformable_groups=1,
):
    """Compute the definition by loops over all indices, in float64."""
    batch, out_height, out_width, _ = offset.shape
    rows, columns, group_channels, filters = kernel.shape
    channels = inputs.shape[3]
    groups = channels // group_channels
    outputs = np.zeros((batch, out_height, out_width, filters))
    for b, i, j, f in itertools.product(*map(range, outputs.shape)):
        first = f // (filters // groups) * group_channels
        for c, p, q in itertools.product(
            range(group_channels), range(rows), range(columns)
        ):
            channel = first + c
            group = channel // (channels // deformable_groups)
            tap = (group * rows + p) * columns + q
            y = i * strides[0] - padding[0] + p * dilation_rate[0]
            x = j * strides[1] - padding[1] + q * dilation_rate[1]
            y, x = (
                y + offset[b, i, j, 2 * tap],
                x + offset[b, i, j, 2 * tap + 1],
            )
            value = read(inputs[b, :, :, channel], y, x)
            weight = 1 if mask is None else mask[b, i, j, tap]
            outputs[b, i, j, f] += kernel[p, q, c, f] * weight * value
    return outputs


def read(image, y, x):
    """Interpolate bilinearly, with zero for missing pixels."""
    total = 0.0
    for row, column in itertools.product(
        (np.floor(y), np.floor(y) + 1), (np.floor(x), np.floor(x) + 1)
    ):
        if 0 <= row < image.shape[0] and 0 <= column < image.shape[1]:
            weight = (1 - abs(y - row)) * (1 - abs(x - column))
            total += weight * image[int(row), int(column)]
    return total


def example(
    shape=(2, 6, 5, 4),
    kernel=(3, 2),
    filters=4,
    groups=1,
    deformable_groups=1,
    out_size=(6, 5),
    spread=1.5,
    seed=0,
):
    random = np.random.default_rng(seed)
    taps = deformable_groups * kernel[0] * kernel[1]
    maps = (shape[0], *out_size)
    return (
        random.normal(size=shape),
        random.normal(size=(*kernel, shape[3] // groups, filters)),
        random.normal(size=(*maps, 2 * taps)) * spread,
        random.uniform(size=(*maps, taps)),
    )


@examples(40)
@given(st.data())
@pytest.mark.long
def test_any_geometry_as_loops(data):
    draw, small = data.draw, st.integers(1, 3)
    pair = st.tuples(small, small)
    kernel, strides, dilation_rate = draw(pair), draw(pair), draw(pair)
    padding = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    groups, deformable_groups = draw(small), draw(st.sampled_from([1, 2, 3]))
    size = tuple(
        draw(st.integers(max((k - 1) * d + 1 - 2 * p, 1), 7))
        for k, d, p in zip(kernel, dilation_rate, padding, strict=True)
    )
    out_size = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(
            size, kernel, strides, padding, dilation_rate, strict=True
        )
    )
    arrays = example(
        (draw(small), *size, 6),
        kernel,
        groups * draw(small),
        groups,
        deformable_groups,
        out_size,
    )
    if not draw(st.booleans()):
        arrays = (*arrays[:3], None)
    dtype = draw(st.sampled_from(FLOATS))
    arguments = {
        "strides": strides,
        "padding": padding,
        "dilation_rate": dilation_rate,
        "deformable_groups": deformable_groups,
    }
    with wide_enough(dtype):
        narrow = [None if a is None else a.astype(dtype) for a in arrays]
        found = numpy_of(deform_conv2d(*narrow, **arguments))
    assert found.dtype == dtype
    atol = 1e-4 if dtype == "float32" else 1e-10
    np.testing.assert_allclose(found, looped(*arrays, **arguments), atol=atol)


@pytest.mark.parametrize(
    "name", ["odd_33", "odd_1", "odd_0", "odd_whole", "zero", "whole"]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_outputs_and_gradients_of_torchvision(name, dtype):
    with np.load(FIXTURES / "deform_conv2d.npz") as stored:
        case = {
            key.partition("/")[2]: stored[key].astype(dtype)
            for key in stored.files
            if key.startswith(f"{name}/")
        }
    keys = [k for k in ("inputs", "kernel", "offset", "mask") if k in case]
    arguments = {"padding": 1}
    if name.startswith("odd"):
        arguments = {**ODD, "deformable_groups": 3}

    def function(*arrays):
        return deform_conv2d(*arrays, **arguments)

    arrays = [case[key] for key in keys]
    with wide_enough(dtype):
        outputs = numpy_of(function(*arrays))
        found = gradients(function, arrays, case["upstream"])
    np.testing.assert_allclose(outputs, case["outputs"], atol=1e-5)
    # Exactly one pixel above or left of the image, torchvision's gradient is
    # the slope towards the image. mmcv's is zero, and mmcv is the reference.
    edge = on_edge(case["offset"], case["kernel"].shape[:2], **arguments)
    assert np.all(found[2][edge] == 0)
    case["offset_gradient"][edge] = 0
    for key, gradient in zip(keys, found, strict=True):
        np.testing.assert_allclose(
            gradient, case[f"{key}_gradient"], atol=1e-4, err_msg=key
        )


def on_edge(
    offset,
    kernel_size,
    padding,
    strides=(1, 1),
    dilation_rate=(1, 1),
    deformable_groups=1,
):
    """Return a mask of the offsets of taps on row or column -1."""
    padding = (padding, padding) if padding == 1 else padding
    edge = np.zeros(offset.shape, bool)
    rows, columns = kernel_size
    for i, j, group, p, q in itertools.product(
        *map(range, (*offset.shape[1:3], deformable_groups, rows, columns))
    ):
        first = 2 * ((group * rows + p) * columns + q)
        y, x = offset[:, i, j, first], offset[:, i, j, first + 1]
        y = y + i * strides[0] - padding[0] + p * dilation_rate[0]
        x = x + j * strides[1] - padding[1] + q * dilation_rate[1]
        edge[:, i, j, first] = edge[:, i, j, first + 1] = (y == -1) | (x == -1)
    return edge


@pytest.mark.parametrize("deformable_groups", [1, 2])
@pytest.mark.long
def test_gradients_as_differences(deformable_groups):
    """Cover both forms: few filters, and deformable groups."""
    arrays = list(
        example((1, 4, 3, 4), (2, 2), 2, 1, deformable_groups, (3, 2), seed=1)
    )
    upstream = np.random.default_rng(2).normal(size=(1, 3, 2, 2))
    step = 1e-6

    def function(*arrays):
        return deform_conv2d(*arrays, deformable_groups=deformable_groups)

    with wide_enough("float64"):
        found = gradients(function, arrays, upstream)
        for place, array in enumerate(arrays):
            flat = array.reshape(-1)
            for index in range(0, flat.size, 3):
                ends = []
                for sign in (-1, 1):
                    moved = flat.copy()
                    moved[index] += sign * step
                    moved = moved.reshape(array.shape)
                    changed = [*arrays[:place], moved, *arrays[place + 1 :]]
                    ends.append(np.sum(numpy_of(function(*changed)) * upstream))
                expected = (ends[1] - ends[0]) / (2 * step)
                assert abs(found[place].reshape(-1)[index] - expected) < 1e-4


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("filters", [3, 9])
def test_without_offsets_a_convolution(padding, filters):
    image, kernel, offset, _ = example((2, 7, 6, 4), (3, 3), filters, spread=0)
    image, kernel = image.astype("float32"), kernel.astype("float32")
    expected = ops.conv(
        image, kernel, padding=padding, data_format="channels_last"
    )
    offset = np.zeros((*expected.shape[:3], 18), "float32")
    np.testing.assert_allclose(
        numpy_of(deform_conv2d(image, kernel, offset, padding=padding)),
        numpy_of(expected),
        atol=1e-5,
    )


@pytest.mark.parametrize("length", [7, 8])
@pytest.mark.parametrize("stride", [2, 3])
def test_same_padding_is_that_of_keras(length, stride):
    image, kernel, _, _ = example((1, length, 9, 4), (3, 2))
    image, kernel = image.astype("float32"), kernel.astype("float32")
    expected = ops.conv(
        image, kernel, stride, "same", data_format="channels_last"
    )
    offset = np.zeros((*expected.shape[:3], 12), "float32")
    found = deform_conv2d(image, kernel, offset, None, stride, "same")
    np.testing.assert_allclose(numpy_of(found), numpy_of(expected), atol=1e-5)


def test_an_offset_of_one_is_a_shifted_image():
    image = np.random.default_rng(0).normal(size=(1, 5, 6, 3)).astype("float32")
    kernel = np.eye(3, dtype="float32").reshape(1, 1, 3, 3)
    offset = np.zeros((1, 5, 6, 2), "float32")
    offset[..., 1] = 1
    expected = np.zeros_like(image)
    expected[:, :, :-1] = image[:, :, 1:]
    found = numpy_of(deform_conv2d(image, kernel, offset))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("size", [1e4, 1e9, 3e38, np.inf, -np.inf, np.nan])
@pytest.mark.long
def test_huge_offsets_read_zeros_and_get_none(size):
    image, kernel, offset, mask = (
        a.astype("float32") for a in example(spread=0.3)
    )
    offset[:, 2, 3] = size

    def function(*arrays):
        return deform_conv2d(*arrays, padding="same")

    arrays = [image, kernel, offset, mask]
    outputs = numpy_of(function(*arrays))
    assert np.all(outputs[:, 2, 3] == 0) and np.all(np.isfinite(outputs))
    found = gradients(function, arrays, np.ones_like(outputs))
    assert all(np.all(np.isfinite(gradient)) for gradient in found)
    assert np.all(found[2][:, 2, 3] == 0) and np.any(found[2] != 0)


def test_just_outside_there_is_no_gradient():
    """At -1 and at the height, interpolation does not reach the image."""
    image = np.ones((1, 4, 4, 1), "float32")
    kernel = np.ones((1, 1, 1, 1), "float32")
    offset = np.zeros((1, 4, 4, 2), "float32")
    offset[0, 0, 1, 0], offset[0, 3, 2, 0] = -1, 1
    (found,) = gradients(
        lambda offset: deform_conv2d(image, kernel, offset),
        [offset],
        np.ones((1, 4, 4, 1), "float32"),
    )
    assert found[0, 0, 1, 0] == 0 and found[0, 3, 2, 0] == 0


def test_deformable_groups_are_layers_beside_each_other():
    image, kernel, offset, mask = example(deformable_groups=2, out_size=(6, 6))
    whole = numpy_of(
        deform_conv2d(
            *(a.astype("float32") for a in (image, kernel, offset, mask)),
            padding=(1, 1),
            deformable_groups=2,
        )
    )
    parts = 0
    for group in range(2):
        half = slice(2 * group, 2 * group + 2)
        parts = parts + looped(
            image[..., half],
            kernel[:, :, half],
            offset[..., 12 * group : 12 * group + 12],
            mask[..., 6 * group : 6 * group + 6],
            padding=(1, 1),
        )
    np.testing.assert_allclose(whole, parts, atol=1e-5)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.long
def test_in_parts_the_same(training, monkeypatch):
    """Compare outputs and gradients computed in parts with the whole."""
    arguments = {"padding": "same", "deformable_groups": 2}
    arrays = [
        a.astype("float32") for a in example(groups=2, deformable_groups=2)
    ]
    upstream = np.random.default_rng(1).normal(size=(2, 6, 5, 4))
    upstream = upstream.astype("float32")

    def function(*arrays):
        return deform_conv2d(*arrays, training=training, **arguments)

    expected = [numpy_of(function(*arrays))]
    expected += gradients(function, arrays, upstream)
    # Each position takes 96 numbers.
    module = sys.modules[deform_conv2d.__module__]
    monkeypatch.setattr(module, "_NUMBERS_AT_ONCE", 700)
    found = [numpy_of(function(*arrays))]
    found += gradients(function, arrays, upstream)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("training", [False, True])
def test_second_derivatives(training, monkeypatch):
    """A gradient penalty differentiates twice, part by part."""
    module = sys.modules[deform_conv2d.__module__]
    monkeypatch.setattr(module, "_NUMBERS_AT_ONCE", 200)
    # Rounding in float32 requires a longer step: see `wide_enough`.
    dtype, step, rtol = "float64", 1e-5, 1e-5
    if BACKEND == "torch":
        dtype, step, rtol = "float32", 1e-2, 1e-2
    image, kernel, offset, mask = (
        a.astype(dtype)
        for a in example(
            (1, 4, 4, 2), filters=2, kernel=(2, 2), out_size=(4, 4)
        )
    )

    def loss(image, kernel):
        outputs = deform_conv2d(
            image, kernel, offset, mask, padding="same", training=training
        )
        return ops.sum(ops.square(outputs))

    def penalty(kernel):
        slope = first_gradient(lambda image: loss(image, kernel), image)
        return ops.sum(ops.square(slope))

    if training and BACKEND == "tensorflow":
        # Documented: TensorFlow's `keras.remat` refuses second derivatives.
        with pytest.raises(NotImplementedError, match="recompute_grad"):
            gradients(penalty, [kernel], np.ones((), dtype))
        return
    with wide_enough(dtype):
        (found,) = gradients(penalty, [kernel], np.ones((), dtype))
        ends = []
        for sign in (-1, 1):
            moved = kernel.copy()
            moved[1, 0, 1, 0] += sign * step
            ends.append(numpy_of(penalty(ops.convert_to_tensor(moved))))
    difference = (ends[1] - ends[0]) / (2 * step)
    np.testing.assert_allclose(found[1, 0, 1, 0], difference, rtol=rtol)


def first_gradient(function, array):
    """Return a gradient that can be differentiated again."""
    tensor = ops.convert_to_tensor(array)
    if BACKEND == "jax":
        import jax

        return jax.grad(function)(tensor)
    if BACKEND == "torch":
        import torch

        tensor = tensor.detach().requires_grad_()
        value = function(tensor)
        return torch.autograd.grad(value, tensor, create_graph=True)[0]
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(tensor)
        value = function(tensor)
    return tape.gradient(value, tensor)


@pytest.mark.parametrize(
    ("place", "shape", "message"),
    [
        (0, (6, 5, 4), "rank 4"),
        (0, (2, 6, 5, 5), "channels"),
        (1, (3, 2, 4), "`kernel` must have shape"),
        (1, (3, 2, 3, 4), "multiple"),
        (1, (3, 2, 2, 3), "multiple"),
        (2, (2, 6, 5, 11), r"`offset` must have shape \(batch, 6, 5, 12\)"),
        (2, (2, 5, 5, 12), r"`offset`.*shape \(2, 5, 5, 12\)"),
        (2, (2, 6, 12), "`offset`"),
        (3, (2, 6, 5, 12), r"`mask` must have shape \(batch, 6, 5, 6\)"),
        (3, (2, 6, 6, 6), "`mask`"),
    ],
)
def test_shapes_are_quoted(place, shape, message):
    arrays = [a.astype("float32") for a in example()]
    arrays[place] = np.zeros(shape, "float32")
    with pytest.raises(ValueError, match=message):
        deform_conv2d(*arrays, padding="same")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("strides", 0),
        ("strides", (1, 2, 3)),
        ("padding", "full"),
        ("padding", -1),
        ("padding", 1.5),
        ("dilation_rate", "2"),
        ("deformable_groups", 3),
        ("deformable_groups", 0),
    ],
)
def test_arguments_are_quoted(name, value):
    arrays = [a.astype("float32") for a in example()]
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        deform_conv2d(*arrays, **{"padding": "same", name: value})


def test_kernel_that_does_not_fit_is_quoted():
    image, kernel, offset, _ = (a.astype("float32") for a in example())
    with pytest.raises(ValueError, match="does not fit"):
        deform_conv2d(image[:, :2], kernel, offset)


def test_symbolic_inputs_are_checked_too():
    image = keras.Input((None, 5, 4), batch_size=2)
    kernel = np.zeros((3, 2, 4, 4), "float32")
    offset = keras.Input((6, 7, 12), batch_size=2)
    with pytest.raises(ValueError, match=r"`offset`.*\(batch, \?, 5, 12\)"):
        deform_conv2d(image, kernel, offset, padding="same")
