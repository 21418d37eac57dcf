"""Point estimates and radii of distributions over points of a plane.

A distribution consists of clouds, whose shares sum to 1 together.
"""

from collections.abc import Sequence
from typing import NamedTuple

from keras import ops

from convzoo.common.types import Tensor

# Iterations of the geometric median.
_STEPS = 40
# Lower bound of the distances in its weights: the iteration and its gradient
# stay finite at a point itself.
_NEAREST = 1e-2
# Bisection steps of a radius, before a linear interpolation. They alone leave
# less than a centimetre.
_HALVINGS = 14


class Cloud(NamedTuple):
    """Points of a plane with probabilities.

    Attributes:
        points: Points `(batch, k, 2)`, or `(1, k, 2)` if all frames share them,
            which is faster.
        shares: Their probabilities `(batch, k)`.
    """

    points: Tensor
    shares: Tensor

    def summed(self, weights: Tensor, values: Tensor) -> Tensor:
        """Weighted sums `(batch, c)` of a row `(..., k, c)` for each point."""
        if values.shape[0] == 1:
            return ops.matmul(weights, values[0])
        return ops.matmul(ops.expand_dims(weights, 1), values)[:, 0]

    def squares(self, middle: Tensor) -> Tensor:
        """Squared distances `(batch, k)`; faster with x and y apart."""
        x, y = (self.points[:, :, i] - middle[:, i : i + 1] for i in (0, 1))
        return ops.square(x) + ops.square(y)


def mean(clouds: Sequence[Cloud]) -> Tensor:
    """The point with the least mean squared distance, `(batch, 2)`."""
    return sum(cloud.summed(cloud.shares, cloud.points) for cloud in clouds)


def geometric_median(clouds: Sequence[Cloud]) -> Tensor:
    """The point with the least mean distance, `(batch, 2)`.

    Weiszfeld's iteration (1937), started at the mean, with Nesterov momentum
    (1983). For 1,500 random distributions, the mean distance was within 2 mm of
    the minimum; without momentum, up to 12 cm above it.
    """
    # One matrix product computes the sums of x, of y and of the weights.
    rows = [
        ops.concatenate([c.points, ops.ones_like(c.points[:, :, :1])], axis=2)
        for c in clouds
    ]
    middle = before = mean(clouds)
    for step in range(_STEPS):
        ahead = middle + step / (step + 3) * (middle - before)
        sums = sum(
            cloud.summed(_pull(cloud, ahead), row)
            for cloud, row in zip(clouds, rows, strict=True)
        )
        before = middle
        middle = sums[:, :2] / sums[:, 2:]
    return middle


def _pull(cloud: Cloud, middle: Tensor) -> Tensor:
    """Shares divided by distances, `(batch, k)`."""
    squares = ops.maximum(cloud.squares(middle), _NEAREST**2)
    return cloud.shares * ops.rsqrt(squares)


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
    clouds: Sequence[Cloud], middle: Tensor, share: float, cell: float
) -> Tensor:
    """The radius around `middle` that contains a share of the distribution.

    A point enters a growing circle linearly, over the length of a cell: the
    radius is continuous in the probabilities.

    Args:
        clouds: The distribution.
        middle: Centres of the circles, `(batch, 2)`.
        share: Probability inside the circle, in (0, 1).
        cell: Side of a cell.

    Returns:
        Radii `(batch,)`.
    """
    # The radius, in cells, at which each point begins to enter.
    squares = ops.concatenate([c.squares(middle) for c in clouds], axis=1)
    shares = ops.concatenate([c.shares for c in clouds], axis=1)
    begins = ops.sqrt(squares) / cell - 0.5
    low = ops.zeros_like(begins[:, :1])
    high = ops.max(begins, axis=1, keepdims=True) + 1
    # What is inside the circles of the radii `low` and `high`.
    least, most = low, ops.ones_like(low)
    for _ in range(_HALVINGS):
        half = (low + high) / 2
        entered = ops.clip(half - begins, 0, 1)
        inside = ops.sum(shares * entered, axis=1, keepdims=True)
        small = inside < share
        low, high = ops.where(small, half, low), ops.where(small, high, half)
        least = ops.where(small, inside, least)
        most = ops.where(small, most, inside)
    part = (share - least) / ops.maximum(most - least, 1e-12)
    return (low + ops.clip(part, 0, 1) * (high - low))[:, 0] * cell


def _next_to(index: Tensor, count: Tensor) -> Tensor:
    """Masks `(batch, count)`: 1 at an index and its neighbours, else 0."""
    places = ops.expand_dims(ops.arange(count, dtype="int32"), 0)
    steps = places - ops.expand_dims(ops.cast(index, "int32"), 1)
    return ops.cast(ops.abs(steps) <= 1, "float32")
