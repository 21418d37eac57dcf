"""Matching of the positions of two feature maps.

Features are rows, `(batch, positions, channels)`.
"""

from collections.abc import Callable

from keras import ops

from convzoo.common.types import Tensor
from convzoo.layers.in_parts import mapped_parts

# Pairs of positions in memory at once, over the batch: 8 MB in float32.
_NUMBERS_AT_ONCE = 2**21
_SHORTEST = 1e-12


def positions(maps: Tensor) -> Tensor:
    """Flatten channels-last maps to `(batch, height * width, channels)`."""
    height, width, channels = ops.shape(maps)[1:4]
    return ops.reshape(maps, (-1, height * width, channels))


def coordinates(maps: Tensor) -> Tensor:
    """Row and column of each position as fractions of the map, `(1, N, 2)`."""
    height, width = ops.shape(maps)[1:3]
    index = ops.arange(height * width)
    rows, columns = index // width, index % width
    rows = ops.cast(rows, maps.dtype) / ops.cast(height, maps.dtype)
    columns = ops.cast(columns, maps.dtype) / ops.cast(width, maps.dtype)
    return ops.expand_dims(ops.stack([rows, columns], axis=-1), 0)


def centred_units(targets: Tensor, sources: Tensor) -> tuple[Tensor, Tensor]:
    """Subtract the targets' mean from both, and normalise to unit length.

    Vectors of length 0 stay 0.
    """
    mean = ops.mean(targets, axis=1, keepdims=True)
    return _units(targets - mean), _units(sources - mean)


def _units(vectors: Tensor) -> Tensor:
    squares = ops.sum(vectors * vectors, axis=-1, keepdims=True)
    short = squares <= _SHORTEST
    # Zeros are replaced, since the gradient of their root would be NaN.
    units = vectors * ops.rsqrt(ops.where(short, 1.0, squares))
    return ops.where(short, 0.0, units)


def cosine_distances(sources: Tensor, targets: Tensor) -> Tensor:
    """(1 - cos) / 2 of unit vectors, `(batch, sources, targets)`."""
    return (1 - ops.matmul(sources, ops.swapaxes(targets, 1, 2))) / 2


def squared_distances(sources: Tensor, targets: Tensor) -> Tensor:
    """Squared Euclidean distances, `(batch, sources, targets)`."""
    products = ops.matmul(sources, ops.swapaxes(targets, 1, 2))
    own = ops.sum(sources * sources, axis=-1, keepdims=True)
    other = ops.sum(targets * targets, axis=-1, keepdims=True)
    return ops.maximum(own - 2 * products + ops.swapaxes(other, 1, 2), 0)


def affinities(distances: Tensor, bandwidth: float, epsilon: float) -> Tensor:
    """Affinities of sources to targets, which sum to 1 for each source.

    Distances are relative to the nearest one, so the contrast of the maps does
    not matter.
    """
    nearest = ops.min(distances, axis=-1, keepdims=True)
    relative = distances / (nearest + epsilon)
    return ops.softmax(-relative / bandwidth, axis=-1)


def best_match(
    function: Callable[..., Tensor],
    sources: tuple[Tensor, ...],
    targets: tuple[Tensor, ...],
) -> Tensor:
    """Return the highest affinity of each target to any source, `(batch, M)`.

    The table of all pairs is computed in parts: memory grows with the number of
    positions, not with its square.

    Args:
        function: Computes the affinities `(batch, n, M)` of n sources, which
            are independent of each other.
        sources: Tuple of arrays `(batch or 1, N, ...)`.
        targets: Tuple of arrays `(batch or 1, M, ...)`.
    """

    def best(*arrays: Tensor) -> Tensor:
        return ops.max(function(*arrays), axis=1)

    count = ops.shape(sources[0])[1]
    length = rows_at_once(sources[0], targets[0])
    if isinstance(count, int) and isinstance(length, int) and count <= length:
        return best(*sources, *targets)
    parts = (count + length - 1) // length
    # Pad with the last source: unlike zeros, it does not change a maximum.
    places = ops.minimum(ops.arange(parts * length), count - 1)
    sources = tuple(ops.take(array, places, axis=1) for array in sources)
    results = mapped_parts(best, parts, length, 1, sources, *targets)
    return ops.max(results, axis=0)


def rows_at_once(sources: Tensor, targets: Tensor) -> int | Tensor:
    """Number of sources to compare with all targets at once."""
    numbers = ops.shape(sources)[0] * ops.shape(targets)[1]
    if isinstance(numbers, int):
        return max(1, _NUMBERS_AT_ONCE // max(1, numbers))
    return ops.maximum(1, _NUMBERS_AT_ONCE // ops.maximum(1, numbers))
