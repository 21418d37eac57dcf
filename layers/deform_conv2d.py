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

from convzoo.common.checks import check_positive, checked_pair
from convzoo.common.types import Tensor
from convzoo.layers.in_parts import in_parts
from convzoo.layers.input_checks import check_rank, checked_channels
from convzoo.layers.sampling_grid import SamplingGrid, checked_padding
from convzoo.layers.types import IntOrPair, Padding

# Of the pixels that are read, in hand at one time: they stay in the cache, and
# memory is used again. All at once, a forward pass takes 2.4 times as long.
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
        training: whether a backward pass follows. The positions then go through
            a loop, in which only some are in memory, and on TensorFlow the
            gradients have no gradients of their own; otherwise the graph is one
            that LiteRT can have.

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
    rows, weights = grid.corners(inputs, offset, mask, deformable_groups)
    weights = ops.cast(weights, inputs.dtype)
    # A ring of zeros, so that all four pixels around a tap can be read.
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
    """Interpolate the input at all taps of some positions, and convolve these.

    Args:
        rows, weights: `(positions, taps, 4)`.
        table: `(rows, channels)`, all pixels.
        kernel: of the convolution.

    Returns:
        `(positions, filters)`.
    """
    taps = rows.shape[1]
    deformable_groups = taps // (kernel.shape[0] * kernel.shape[1])
    channels = table.shape[1] // deformable_groups
    table = ops.reshape(table, (-1, channels))
    # In line: JAX loses a dimension where the table is empty.
    pixels = ops.take(table, ops.reshape(rows, (-1,)), axis=0)
    samples = ops.matmul(
        ops.reshape(weights, (-1, 1, 4)), ops.reshape(pixels, (-1, 4, channels))
    )
    return _grouped_product(ops.reshape(samples, (-1, taps * channels)), kernel)


def _grouped_product(samples: Tensor, kernel: Tensor) -> Tensor:
    """What the filters of each group make of their channels at all taps."""
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
    """From all taps of one group after the other to all groups of one tap."""
    taps = offset.shape[3] // 2
    order = np.arange(taps).reshape(deformable_groups, -1).T.reshape(-1)
    pairs = np.stack([2 * order, 2 * order + 1], axis=1).reshape(-1)
    offset = ops.take(offset, pairs, axis=3)
    return offset, None if mask is None else ops.take(mask, order, axis=3)


def _check_channels(
    inputs: Tensor, kernel: Tensor, deformable_groups: int
) -> None:
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


def _checked_map(
    name: str, value: Tensor, out_size: tuple[int | Tensor, ...], channels: int
) -> Tensor:
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
