"""Deformable convolution as a function.

Dai et al. 2017, Deformable Convolutional Networks,
https://arxiv.org/abs/1703.06211, eq. 2, and Zhu et al. 2018, Deformable
ConvNets v2, https://arxiv.org/abs/1811.11168, eq. 1.

Outputs and gradients match mmcv and `torchvision.ops.deform_conv2d`, with one
exception: for a tap exactly one pixel above or to the left of the input, as in
a new layer, the gradient of the offset is zero in mmcv and here; in torchvision
it is the slope towards the input.
"""

import numpy as np
from keras import ops
from keras.backend import standardize_dtype

from convzoo.common.checks import check_positive, checked_pair
from convzoo.common.types import Tensor
from convzoo.layers.in_parts import in_parts
from convzoo.layers.input_checks import check_input_shape, checked_channels
from convzoo.layers.sampling_grid import SamplingGrid, checked_padding
from convzoo.layers.types import IntOrPair, Padding

# Sampled values in memory at a time. This many stay in the cache, and their
# memory is reused: all at once, a forward pass takes 2.4 times as long.
_NUMBERS_AT_ONCE = 2**21


def deform_conv2d(
    inputs: Tensor,
    kernel: Tensor,
    offset: Tensor,
    mask: Tensor | None = None,
    strides: IntOrPair = 1,
    padding: Padding | IntOrPair = 0,
    dilation_rate: IntOrPair = 1,
    deformable_groups: int = 1,
    training: bool = False,
) -> Tensor:
    """Deformable 2D convolution, with a fractional offset for each tap.

    Each tap reads the input by bilinear interpolation; the input is zero
    outside its borders. A tap a whole pixel or more outside has value and
    gradient zero. At integer positions the gradient of an offset is that
    towards the right and below.

    Args:
        inputs: Images or feature maps, `(batch, height, width, channels)`.
        kernel: Kernel, `(kernel_height, kernel_width, channels / groups,
            filters)`. The number of groups follows from its shape, as in
            `keras.ops.conv`.
        offset: Offset of each tap in input pixels, `(batch, out_height,
            out_width, 2 * deformable_groups * kernel_height * kernel_width)`.
            The last axis alternates y and x, with taps row by row, group by
            group.
        mask: Weight of each tap, `(batch, out_height, out_width,
            deformable_groups * kernel_height * kernel_width)`. None for 1.
        strides: Strides in pixels, an int or (rows, columns).
        padding: `"same"`, `"valid"`, or the number of zeros on each side, an
            int or (rows, columns).
        dilation_rate: Dilation in pixels, an int or (rows, columns).
        deformable_groups: Number of groups of input channels, each with its own
            offsets.
        training: Whether a backward pass follows. If True, positions are
            processed in a loop, which bounds memory; on TensorFlow,
            second-order gradients are then unavailable. If False, the graph
            converts to LiteRT.

    Returns:
        Outputs, `(batch, out_height, out_width, filters)`.

    Raises:
        ValueError: An argument is not as described, or `offset` or `mask` does
            not fit, where the sizes are known.

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
    rows, weights = grid.corners(inputs, offset, mask, deformable_groups)
    weights = ops.cast(weights, inputs.dtype)
    # With a border of zeros, all four pixels around a tap can be read.
    table = ops.pad(inputs, [[0, 0], [1, 1], [1, 1], [0, 0]])
    table = ops.reshape(table, (-1, inputs.shape[3]))
    rows, weights = (ops.reshape(t, (-1, taps, 4)) for t in (rows, weights))
    pixels = 4 * taps * (inputs.shape[3] // deformable_groups)
    outputs = in_parts(
        _filtered_samples,
        max(_NUMBERS_AT_ONCE // pixels, 1),
        0,
        (rows, weights),
        table,
        kernel,
        training=training,
    )
    return ops.reshape(outputs, (-1, *out_size, kernel.shape[3]))


def _filtered_samples(
    rows: Tensor, weights: Tensor, table: Tensor, kernel: Tensor
) -> Tensor:
    """Sample the input at all taps of some positions, and apply the kernel.

    Args:
        rows: Rows of `table` around each tap, `(positions, taps, 4)`.
        weights: Weights of these rows, `(positions, taps, 4)`.
        table: All pixels, `(rows, channels)`.
        kernel: Kernel of the convolution.

    Returns:
        Outputs, `(positions, filters)`.
    """
    taps = rows.shape[1]
    deformable_groups = taps // (kernel.shape[0] * kernel.shape[1])
    channels = table.shape[1] // deformable_groups
    table = ops.reshape(table, (-1, channels))
    # Flat indices: with others, JAX loses a dimension of an empty table.
    pixels = ops.take(table, ops.reshape(rows, (-1,)), axis=0)
    samples = ops.matmul(
        ops.reshape(weights, (-1, 1, 4)), ops.reshape(pixels, (-1, 4, channels))
    )
    return _grouped_product(ops.reshape(samples, (-1, taps * channels)), kernel)


def _grouped_product(samples: Tensor, kernel: Tensor) -> Tensor:
    """Multiply samples by the kernel, group by group."""
    group_channels, filters = kernel.shape[2:]
    taps = kernel.shape[0] * kernel.shape[1]
    groups = samples.shape[1] // (taps * group_channels)
    if groups == 1:
        return ops.matmul(samples, ops.reshape(kernel, (-1, filters)))
    samples = ops.reshape(samples, (-1, taps, groups, group_channels))
    samples = ops.transpose(samples, (2, 0, 1, 3))
    samples = ops.reshape(samples, (groups, -1, taps * group_channels))
    kernel = ops.reshape(kernel, (-1, groups, filters // groups))
    outputs = ops.matmul(samples, ops.transpose(kernel, (1, 0, 2)))
    return ops.reshape(ops.transpose(outputs, (1, 0, 2)), (-1, filters))


def _taps_first(
    offset: Tensor, mask: Tensor | None, deformable_groups: int
) -> tuple[Tensor, Tensor | None]:
    """Reorder the last axis from groups of taps to taps of groups."""
    taps = offset.shape[3] // 2
    order = np.arange(taps).reshape(deformable_groups, -1).T.reshape(-1)
    pairs = np.stack([2 * order, 2 * order + 1], axis=1).reshape(-1)
    offset = ops.take(offset, pairs, axis=3)
    return offset, None if mask is None else ops.take(mask, order, axis=3)


def _check_channels(
    inputs: Tensor, kernel: Tensor, deformable_groups: int
) -> None:
    check_positive("deformable_groups", deformable_groups)
    check_input_shape("deform_conv2d", inputs.shape, (4,))
    if len(kernel.shape) != 4 or 0 in kernel.shape:
        raise ValueError(
            "`kernel` must have shape (rows, columns, channels / groups, "
            f"filters), without a 0. Received: shape {tuple(kernel.shape)}"
        )
    channels = checked_channels("deform_conv2d", inputs.shape, 3)
    group_channels, filters = kernel.shape[2:]
    groups = channels // group_channels
    if channels % group_channels or filters % groups:
        raise ValueError(
            "The channels of `inputs` must be a multiple of those of `kernel`, "
            "and its filters of the number of groups. Received: `inputs` of "
            f"shape {tuple(inputs.shape)}, `kernel` of shape "
            f"{tuple(kernel.shape)}"
        )
    if channels % deformable_groups:
        raise ValueError(
            "`deformable_groups` must divide the number of channels, "
            f"{channels}. Received: deformable_groups={deformable_groups}"
        )


def _checked_map(
    name: str, value: Tensor, out_size: tuple[int | Tensor, ...], channels: int
) -> Tensor:
    """Return an offset or a mask of the right shape, in at least float32."""
    value = ops.convert_to_tensor(value)
    if standardize_dtype(value.dtype) in ("float16", "bfloat16"):
        value = ops.cast(value, "float32")
    fits = len(value.shape) == 4 and value.shape[3] == channels
    if fits:
        # A size that is a tensor is unknown until the graph runs.
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
