"""Pooling into the bins of one pyramid level, for maps of any size.

Maps are channels last. Bins are rectangles, so rows are pooled first, then
columns. This is exact for the maximum, and for the mean, since all rows of a
bin have the same number of pixels.
"""

from typing import Any

from keras import ops

from convzoo.common.types import Tensor


def average_bins(
    inputs: Tensor, level: tuple[int, int], sizes: Tensor | None = None
) -> Tensor:
    """Compute the mean of each bin, with two matrix products.

    Args:
        inputs: Maps, `(batch, height, width, channels)`.
        level: Numbers of bins, (rows, columns).
        sizes: Valid rows and columns of each map, integers `(batch, 2)`. None
            if all pixels are valid.

    Returns:
        Means, `(batch, rows * columns, channels)`.
    """
    batch, height, width, channels = ops.shape(inputs)
    if sizes is not None:
        # A weight of zero does not remove a NaN.
        inputs = _where_valid(inputs, sizes, 0.0)
    rows = _mean_weights(level[0], height, sizes, 0, inputs.dtype)
    columns = _mean_weights(level[1], width, sizes, 1, inputs.dtype)
    pooled = ops.matmul(
        rows, ops.reshape(inputs, (batch, height, width * channels))
    )
    pooled = ops.reshape(pooled, (batch, level[0], width, channels))
    if sizes is not None:
        columns = ops.expand_dims(columns, 1)
    return _flattened(ops.matmul(columns, pooled), level)


def max_bins(
    inputs: Tensor, level: tuple[int, int], sizes: Tensor | None = None
) -> Tensor:
    """Compute the maximum of each bin.

    Arguments and result are as for `average_bins`.
    """
    if sizes is None:
        rows = [inputs[:, a:b] for a, b in _bounds(inputs, 1, level[0])]
        pooled = ops.stack([_max(row, 1) for row in rows], axis=1)
        columns = [pooled[:, :, a:b] for a, b in _bounds(inputs, 2, level[1])]
    else:
        rows = _masked(inputs, level[0], sizes, 0)
        pooled = ops.stack([_max(row, 1) for row in rows], axis=1)
        columns = _masked(pooled, level[1], sizes, 1)
    pooled = ops.stack([_max(column, 2) for column in columns], axis=2)
    return _flattened(pooled, level)


def _max(inputs: Tensor, axis: int) -> Tensor:
    if inputs.shape[0] == 0:
        # `ops.max` rejects an empty batch; `ops.sum` has the same shape.
        return ops.sum(inputs, axis=axis)
    return ops.max(inputs, axis=axis)


def _bounds(
    inputs: Tensor, axis: int, count: int
) -> list[tuple[int | Tensor, int | Tensor]]:
    """Return start and end (exclusive) of each bin along an axis."""
    length = ops.shape(inputs)[axis]
    return [
        (i * length // count, ((i + 1) * length + count - 1) // count)
        for i in range(count)
    ]


def _members(
    count: int, length: int | Tensor, sizes: Tensor | None, axis: int
) -> Tensor:
    """Mask of the pixels of each bin: `(count, length)` or `(batch, ...)`."""
    index = ops.reshape(ops.arange(count, dtype="int32"), (count, 1))
    valid = length
    if sizes is not None:
        valid = ops.reshape(sizes[:, axis], (-1, 1, 1))
    first = index * valid // count
    end = ((index + 1) * valid + count - 1) // count
    pixel = ops.arange(length, dtype="int32")
    return ops.logical_and(pixel >= first, pixel < end)


def _mean_weights(
    count: int,
    length: int | Tensor,
    sizes: Tensor | None,
    axis: int,
    dtype: Any,
) -> Tensor:
    """Compute the weight of each pixel in the mean of each bin."""
    members = ops.cast(_members(count, length, sizes, axis), "float32")
    weights = members / ops.sum(members, axis=-1, keepdims=True)
    return ops.cast(weights, dtype)


def _masked(
    inputs: Tensor, count: int, sizes: Tensor, axis: int
) -> list[Tensor]:
    """Return the inputs once per bin, with -infinity outside the bin."""
    length = ops.shape(inputs)[axis + 1]
    shape = (-1, length, 1, 1) if axis == 0 else (-1, 1, length, 1)
    members = _members(count, length, sizes, axis)
    lowest = ops.full((), float("-inf"), dtype=inputs.dtype)
    return [
        ops.where(ops.reshape(members[:, i], shape), inputs, lowest)
        for i in range(count)
    ]


def _where_valid(inputs: Tensor, sizes: Tensor, other: float) -> Tensor:
    height, width = ops.shape(inputs)[1:3]
    rows = ops.reshape(_members(1, height, sizes, 0), (-1, height, 1, 1))
    columns = ops.reshape(_members(1, width, sizes, 1), (-1, 1, width, 1))
    valid = ops.logical_and(rows, columns)
    return ops.where(valid, inputs, ops.cast(other, inputs.dtype))


def _flattened(pooled: Tensor, level: tuple[int, int]) -> Tensor:
    return ops.reshape(pooled, (-1, level[0] * level[1], pooled.shape[-1]))
