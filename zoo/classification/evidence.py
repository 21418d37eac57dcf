"""Where the logits of a classifier come from."""

from collections.abc import Sequence

from keras import ops

from convzoo.common.types import Tensor
from convzoo.layers import SPP
from convzoo.layers.input_checks import checked_channels
from convzoo.layers.spp_evidence import spp_evidence


def evidence(
    maps: Sequence[Tensor],
    pools: Sequence[SPP],
    kernel: Tensor,
    scale: Tensor | None = None,
) -> Tensor:
    """Divide the logits of each class among the places of the maps.

    The evidence of all places adds up to the logits without their bias; see
    `spp_evidence`. That of several maps is brought to the largest height and
    width among them, in equal parts by area, and added.

    Args:
        maps: Feature maps, `(batch, height, width, channels)` each.
        pools: The pooling of each, with the vectors concatenated in this order.
        kernel: Kernel of the dense layer, `(values, classes)`.
        scale: As in `spp_evidence`: everything between the pooling and the
            dense layer, such as a normalization or a temperature.

    Returns:
        Evidence in float32, `(batch, rows, columns, classes)`.
    """
    found, start = [], 0
    for each, pool in zip(maps, pools, strict=True):
        shape = pool.compute_output_shape(tuple(each.shape))
        end = start + checked_channels("SPP", shape, -1)
        of_map = kernel[start:end]
        found.append(spp_evidence(each, of_map, pool.bins, pool.pooling, scale))
        start = end
    if len(found) == 1:
        return found[0]
    rows, columns = (
        _largest([ops.shape(each)[axis] for each in found]) for axis in (1, 2)
    )
    return sum(_spread(_spread(each, 1, rows), 2, columns) for each in found)


def _largest(lengths: Sequence[int | Tensor]) -> int | Tensor:
    if all(isinstance(length, int) for length in lengths):
        return max(lengths)
    return ops.max(ops.stack(lengths))


def _spread(evidence: Tensor, axis: int, length: int | Tensor) -> Tensor:
    """Divide rows or columns evenly among `length` ones, keeping the sum."""
    batch, *sizes, classes = ops.shape(evidence)
    shares = _shares(sizes[axis - 1], length)
    sizes[axis - 1] = length
    if axis == 1:
        flat = ops.reshape(evidence, (batch, -1, sizes[1] * classes))
    else:
        flat = ops.reshape(evidence, (batch * sizes[0], -1, classes))
    return ops.reshape(ops.matmul(shares, flat), (batch, *sizes, classes))


def _shares(count: int | Tensor, length: int | Tensor) -> Tensor:
    """Part of each of `count` pixels in each of `length`, `(length, count)`."""
    # Bounds in units of 1 / (count * length) of the axis are whole numbers.
    first = ops.expand_dims(ops.arange(length, dtype="int32") * count, 1)
    other = ops.expand_dims(ops.arange(count, dtype="int32") * length, 0)
    start = ops.maximum(first, other)
    end = ops.minimum(first + count, other + length)
    overlap = ops.cast(ops.maximum(end - start, 0), "float32")
    return overlap / ops.cast(length, "float32")
