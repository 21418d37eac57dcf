"""Point estimates and radii of distributions over points of a plane.

Points are `(batch, k, 2)`; their probabilities, the shares, are `(batch, k)`
and sum to 1.
"""

from keras import ops

from convzoo.common.types import Tensor

# Iterations of the geometric median.
_STEPS = 40
# Lower bound of the distances in its weights: the iteration and its gradient
# stay finite at a point itself.
_NEAREST = 1e-2
# Bisection steps of a radius.
_HALVINGS = 24


def mean(points: Tensor, shares: Tensor) -> Tensor:
    """The point with the least mean squared distance, `(batch, 2)`."""
    return ops.sum(points * ops.expand_dims(shares, 2), axis=1)


def geometric_median(points: Tensor, shares: Tensor) -> Tensor:
    """The point with the least mean distance, `(batch, 2)`.

    Weiszfeld's iteration (1937), started at the mean, with Nesterov momentum
    (1983). For 1,500 random distributions, the mean distance was within 2 mm of
    the minimum; without momentum, up to 12 cm above it.
    """
    # One matrix product computes the sums of x, of y and of the weights.
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
    """The mean over the most likely cell and its neighbours, `(batch, 2)`.

    Args:
        heatmap: Probabilities `(batch, rows, columns)`.
        x, y: Coordinates of the columns and of the rows.
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
    """The radius around `middle` that contains a share of the distribution.

    A point enters a growing circle linearly, over the length of a cell: the
    radius is continuous in the probabilities.

    Args:
        points, shares: The distribution.
        middle: Centres of the circles, `(batch, 2)`.
        share: Probability inside the circle, in (0, 1).
        cell: Side of a cell.

    Returns:
        Radii `(batch,)`.
    """
    # The radius, in cells, at which each point begins to enter.
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
    """Masks `(batch, count)`: 1 at an index and its neighbours, else 0."""
    places = ops.expand_dims(ops.arange(count, dtype="int32"), 0)
    steps = places - ops.expand_dims(ops.cast(index, "int32"), 1)
    return ops.cast(ops.abs(steps) <= 1, "float32")


def _squares(points: Tensor, middle: Tensor) -> Tensor:
    """Squared distances `(batch, k)`; faster with x and y apart."""
    x, y = (points[:, :, i] - middle[:, i : i + 1] for i in (0, 1))
    return ops.square(x) + ops.square(y)
