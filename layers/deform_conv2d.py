"""The deformable convolution as a function.

Dai et al. 2017, Deformable Convolutional Networks,
https://arxiv.org/abs/1703.06211, eq. 2, and Zhu et al. 2018, Deformable
ConvNets v2, https://arxiv.org/abs/1811.11168, eq. 1.

Outputs and gradients are those of mmcv and of `torchvision.ops.deform_conv2d`,
with one exception: the offset of a tap that lies exactly one pixel above or to
the left of the input, as those of a new layer do, has gradient zero in mmcv and
here, and the slope towards the input in torchvision.
"""

import numpy as np
from keras import ops
from keras.backend import standardize_dtype

from convzoo.layers.checks import (
    check_positive,
    check_rank,
    checked_channels,
    checked_pair,
)
from convzoo.layers.sampling_grid import SamplingGrid, checked_padding
from convzoo.layers.weighted_rows import weighted_rows


def deform_conv2d(
    inputs,
    kernel,
    offset,
    mask=None,
    strides=1,
    padding=0,
    dilation_rate=1,
    deformable_groups=1,
):
    """A convolution whose taps are moved, by a fraction of a pixel each.

    Each tap reads the input by bilinear interpolation; outside the input is
    zero. A tap that lies a whole pixel or more outside has value and gradient
    zero. At whole pixels the gradient is the one to the right and below.

    Args:
        inputs: `(batch, height, width, channels)`.
        kernel: `(kernel_height, kernel_width, channels / groups, filters)`; the
            number of groups follows from its shape, as in `keras.ops.conv`.
        offset: `(batch, out_height, out_width, 2 * deformable_groups *
            kernel_height * kernel_width)`: the displacement of each tap in
            input pixels, (y, x) by turns, taps row by row, group by group.
        mask: `(batch, out_height, out_width, deformable_groups * kernel_height
            * kernel_width)`: what each tap is multiplied by; None for 1.
        strides: in pixels, an int or (rows, columns).
        padding: `"same"`, `"valid"`, or the pixels of zeros on both sides, an
            int or (rows, columns).
        dilation_rate: in pixels, an int or (rows, columns).
        deformable_groups: groups of input channels, each with offsets of its
            own.

    Returns:
        `(batch, out_height, out_width, filters)`.

    Raises:
        ValueError: an argument is not as described, or, where the sizes are
            known, `offset` or `mask` does not fit.

    Example:

    >>> import numpy as np
    >>> from convzoo.layers import deform_conv2d
    >>> image = np.random.rand(1, 8, 9, 3).astype("float32")
    >>> identity = np.eye(3, dtype="float32").reshape(1, 1, 3, 3)
    >>> right = np.broadcast_to(np.float32([0, 1]), (1, 8, 9, 2))
    >>> shifted = np.asarray(deform_conv2d(image, identity, right))
    >>> np.array_equal(shifted[:, :, :-1], image[:, :, 1:])
    True
    """
    inputs = ops.convert_to_tensor(inputs)
    kernel = ops.convert_to_tensor(kernel, dtype=inputs.dtype)
    _check_channels(inputs, kernel, deformable_groups)
    grid = SamplingGrid(
        tuple(kernel.shape[:2]),
        checked_pair("strides", strides),
        checked_padding(padding),
        checked_pair("dilation_rate", dilation_rate),
    )
    out_size = grid.out_size(*ops.shape(inputs)[1:3])
    grid.check_fits(inputs.shape[1:3])
    taps = deformable_groups * kernel.shape[0] * kernel.shape[1]
    offset = _checked_map("offset", offset, out_size, 2 * taps)
    if mask is not None:
        mask = _checked_map("mask", mask, out_size, taps)
    if deformable_groups > 1:
        offset, mask = _taps_first(offset, mask, deformable_groups)
    rows, weights = grid.corners(inputs, offset, mask)
    weights = ops.cast(weights, inputs.dtype)
    # A ring of zeros, so that all four pixels around a tap can be read.
    table = ops.pad(inputs, [[0, 0], [1, 1], [1, 1], [0, 0]])
    table = ops.reshape(table, (-1, inputs.shape[3] // deformable_groups))
    form = _sample_then_filter
    if _filters_first(inputs, kernel, deformable_groups):
        form = _filter_then_sample
    outputs = form(table, kernel, rows, weights, deformable_groups)
    return ops.reshape(outputs, (-1, *out_size, kernel.shape[3]))


def _filters_first(inputs, kernel, deformable_groups):
    """Whether interpolating filters is less work than channels."""
    ungrouped = kernel.shape[2] == inputs.shape[3] and deformable_groups == 1
    return ungrouped and kernel.shape[3] <= inputs.shape[3]


def _filter_then_sample(table, kernel, rows, weights, deformable_groups):
    """Apply the taps at all pixels, then interpolate and add the results.

    A convolution is linear, so the order is free. In this one interpolation
    and the sum over the taps are one product: with 64 channels and filters, a
    training step takes 0.8 times as long as in the other.
    """
    channels, filters = kernel.shape[2:]
    outputs = []
    for taps, at, weight in _parts(kernel, rows, weights, 1):
        count = taps.shape[0]
        taps = ops.reshape(ops.transpose(taps, (1, 0, 2)), (channels, -1))
        results = ops.reshape(ops.matmul(table, taps), (-1, filters))
        tap = ops.reshape(ops.arange(count, dtype="int32"), (1, 1, count, 1))
        at = ops.reshape(at * count + tap, (-1, 4 * count))
        weight = ops.reshape(weight, (-1, 4 * count))
        outputs.append(weighted_rows(results, at, weight))
    return sum(outputs[1:], outputs[0])


def _sample_then_filter(table, kernel, rows, weights, deformable_groups):
    """Interpolate the input at all taps, then convolve these."""
    channels = deformable_groups * table.shape[1]
    outputs = []
    for taps, at, weight in _parts(kernel, rows, weights, deformable_groups):
        group = ops.arange(at.shape[2], dtype="int32") % deformable_groups
        at = at * deformable_groups + ops.reshape(group, (1, 1, -1, 1))
        sampled = weighted_rows(
            table, ops.reshape(at, (-1, 4)), ops.reshape(weight, (-1, 4))
        )
        outputs.append(_grouped_product(sampled, taps, channels))
    return sum(outputs[1:], outputs[0])


def _grouped_product(sampled, kernel, channels):
    """What the filters of each group make of their channels at all taps."""
    taps, group_channels, filters = kernel.shape
    groups = channels // group_channels
    if groups == 1:
        sampled = ops.reshape(sampled, (-1, taps * channels))
        return ops.matmul(sampled, ops.reshape(kernel, (-1, filters)))
    sampled = ops.reshape(sampled, (-1, taps, groups, group_channels))
    sampled = ops.transpose(sampled, (2, 0, 1, 3))
    sampled = ops.reshape(sampled, (groups, -1, taps * group_channels))
    kernel = ops.reshape(kernel, (-1, groups, filters // groups))
    outputs = ops.matmul(sampled, ops.transpose(kernel, (1, 0, 2)))
    return ops.reshape(ops.transpose(outputs, (1, 0, 2)), (-1, filters))


def _parts(kernel, rows, weights, deformable_groups):
    """Groups of at most five taps.

    They bound the memory, and run side by side where one alone would leave a
    core without work.
    """
    taps = kernel.shape[0] * kernel.shape[1]
    kernel = ops.reshape(kernel, (taps, *kernel.shape[2:]))
    count = (taps + 4) // 5
    if count == 1:
        return [(kernel, rows, weights)]
    ends = [taps * (i + 1) // count for i in range(count - 1)]
    by_group = [end * deformable_groups for end in ends]
    return zip(
        ops.split(kernel, ends, axis=0),
        ops.split(rows, by_group, axis=2),
        ops.split(weights, by_group, axis=2),
        strict=True,
    )


def _taps_first(offset, mask, deformable_groups):
    """From all taps of one group after the other to all groups of one tap."""
    taps = offset.shape[3] // 2
    order = np.arange(taps).reshape(deformable_groups, -1).T.reshape(-1)
    pairs = np.stack([2 * order, 2 * order + 1], axis=1).reshape(-1)
    offset = ops.take(offset, pairs, axis=3)
    return offset, None if mask is None else ops.take(mask, order, axis=3)


def _check_channels(inputs, kernel, deformable_groups):
    check_positive("deformable_groups", deformable_groups)
    check_rank("deform_conv2d", inputs.shape, (4,))
    if len(kernel.shape) != 4:
        raise ValueError(
            "`kernel` must have shape (rows, columns, channels / groups, "
            f"filters). Received: shape {tuple(kernel.shape)}"
        )
    channels = checked_channels("deform_conv2d", inputs.shape, 3)
    group_channels, filters = kernel.shape[2:]
    groups = channels // group_channels
    if channels % group_channels or filters % groups:
        raise ValueError(
            "The channels must be a multiple of the kernel's, and its filters "
            "a multiple of the number of groups. Received: inputs of shape "
            f"{tuple(inputs.shape)}, `kernel` of shape {tuple(kernel.shape)}"
        )
    if channels % deformable_groups:
        raise ValueError(
            "`deformable_groups` must divide the number of channels, "
            f"{channels}. Received: deformable_groups={deformable_groups}"
        )


def _checked_map(name, value, out_size, channels):
    """An offset or a mask, in float32 or better, of the shape that fits."""
    value = ops.convert_to_tensor(value)
    if standardize_dtype(value.dtype) in ("float16", "bfloat16"):
        value = ops.cast(value, "float32")
    fits = len(value.shape) == 4 and value.shape[3] == channels
    if fits:
        # A size that is a tensor is not known yet.
        fits = all(
            found is None or not isinstance(known, int) or found == known
            for found, known in zip(value.shape[1:3], out_size, strict=True)
        )
    if not fits:
        expected = ["?" if not isinstance(n, int) else n for n in out_size]
        raise ValueError(
            f"`{name}` must have shape (batch, {expected[0]}, {expected[1]}, "
            f"{channels}). Received: shape {tuple(value.shape)}"
        )
    return value
