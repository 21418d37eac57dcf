"""Means in the bins of one pyramid level, for maps of any size.

Maps are channels last. Bins are rectangles, so rows are pooled first, then
columns. This is exact, since all rows of a bin have the same number of pixels.
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
    pooled = ops.matmul(columns, pooled)
    return ops.reshape(pooled, (batch, level[0] * level[1], channels))


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


def _where_valid(inputs: Tensor, sizes: Tensor, other: float) -> Tensor:
    height, width = ops.shape(inputs)[1:3]
    rows = ops.reshape(_members(1, height, sizes, 0), (-1, height, 1, 1))
    columns = ops.reshape(_members(1, width, sizes, 1), (-1, 1, width, 1))
    valid = ops.logical_and(rows, columns)
    return ops.where(valid, inputs, ops.cast(other, inputs.dtype))
