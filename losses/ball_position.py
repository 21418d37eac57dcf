"""Loss for predicted distributions of the ball over a pitch.

Kim et al. 2023, Ball Trajectory Inference from Multi-Agent Sports Contexts,
https://arxiv.org/abs/2306.08206, for the cross-entropy of the ball carrier;
Nibali et al. 2018, https://arxiv.org/abs/1801.07372, for the distance of
positions read from a heatmap, beside its entropy.

What differs from the papers: the target is a Gaussian around the ball, and the
heatmap is blurred by the same Gaussian first, so a sharp heatmap is not
penalised for being sharp; the distance uses the highest peak only.
"""

from typing import Any, Literal, get_args

import keras
from keras import ops

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_number,
    check_positive,
)
from convzoo.common.types import Tensor
from convzoo.layers.input_checks import is_empty_batch
from convzoo.losses.images import check_batch, no_values

Origin = Literal["center", "corner"]
_TINY = 1e-7


@keras.saving.register_keras_serializable(package="convzoo")
class BallPosition(keras.losses.Loss):
    """Cross-entropies of the ball's position, its carrier and the team.

    Args:
        cell: Side of a heatmap cell, in the unit of the positions.
            `BallPositionPredictor` uses cells of 2 metres.
        origin: Location of the position (0, 0): the `"center"` of the heatmap,
            or the `"corner"` of its first cell.
        sigma: Standard deviation of the Gaussian around the ball, in the unit
            of the positions.
        window: Side of the square around the highest cell, in cells. The mean
            of the square is the position that the distance is measured from.
        distance_weight: Weight of the Huber loss of the distance.
        delta: Distance at which the Huber loss becomes linear, in the unit of
            the positions. Distances are divided by it.
        carrier_weight: Weight of the cross-entropy of the ball carrier.
        carrier_radius: Distance from the ball within which the nearest player
            counts as its carrier, in the unit of the positions. Players about
            as near, give or take half a cell, share the probability.
        team_weight: Weight of the cross-entropy of the nearest player's team.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Positions of the ball, `(batch, 2)`, x along the columns and y
            along the rows.
        y_pred: A dictionary with `"heatmap"`, probabilities `(batch, rows,
            columns)`. For the cross-entropies of players it also has
            `"carrier"`, probabilities `(batch, n)`; `"players"`, positions
            `(batch, n, 2)`, NaN for missing players; and `"team"`, 0 or 1,
            `(batch, n)`. Without `"carrier"` these terms are skipped.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`.

    Raises:
        ValueError: If an argument is invalid.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import BallPosition
    >>> sharp = np.zeros((1, 38, 56))
    >>> sharp[0, 19, 28] = 1
    >>> flat = np.full((1, 38, 56), 1 / (38 * 56))
    >>> ball = np.array([[1.0, 1.0]])
    >>> loss = BallPosition()
    >>> bool(loss(ball, {"heatmap": sharp}) < loss(ball, {"heatmap": flat}))
    True
    """

    def __init__(
        self,
        cell: float = 2.0,
        origin: Origin = "center",
        sigma: float = 2.5,
        window: int = 5,
        distance_weight: float = 0.1,
        delta: float = 2.0,
        carrier_weight: float = 0.5,
        carrier_radius: float = 3.0,
        team_weight: float = 0.1,
        name: str = "ball_position",
        **kwargs: Any,
    ) -> None:
        check_choice("origin", origin, get_args(Origin))
        check_positive("window", window)
        for argument, value in (
            ("cell", cell),
            ("sigma", sigma),
            ("delta", delta),
            ("carrier_radius", carrier_radius),
        ):
            check_above(argument, value, 0)
        for argument, value in (
            ("distance_weight", distance_weight),
            ("carrier_weight", carrier_weight),
            ("team_weight", team_weight),
        ):
            check_number(argument, value, 0)
        super().__init__(name=name, **kwargs)
        self.cell = cell
        self.origin = origin
        self.sigma = sigma
        self.window = window
        self.distance_weight = distance_weight
        self.delta = delta
        self.carrier_weight = carrier_weight
        self.carrier_radius = carrier_radius
        self.team_weight = team_weight

    def call(self, y_true: Tensor, y_pred: dict[str, Tensor]) -> Tensor:
        heatmap = y_pred["heatmap"]
        check_batch("y_pred['heatmap']", heatmap)
        if is_empty_batch(heatmap):
            return no_values(heatmap)
        ball = ops.cast(y_true, heatmap.dtype)
        rows, columns = (
            self._centres(count, heatmap.dtype)
            for count in ops.shape(heatmap)[1:]
        )
        value = self._cross_entropy(heatmap, ball, rows, columns)
        peak = self._peak(heatmap, rows, columns)
        value = value + self.distance_weight * self._huber(peak - ball)
        if "carrier" in y_pred:
            value = value + self._player_loss(y_pred, ball)
        return value

    def _cross_entropy(
        self, heatmap: Tensor, ball: Tensor, rows: Tensor, columns: Tensor
    ) -> Tensor:
        """Cross-entropy of the blurred heatmap with a Gaussian at the ball."""
        down = self._gaussian(rows, rows)
        across = self._gaussian(columns, columns)
        blurred = ops.matmul(ops.matmul(down, heatmap), ops.transpose(across))
        x = ops.clip(ball[:, 0], columns[0], columns[-1])
        y = ops.clip(ball[:, 1], rows[0], rows[-1])
        target = ops.expand_dims(
            ops.transpose(self._gaussian(rows, y)), 2
        ) * ops.expand_dims(ops.transpose(self._gaussian(columns, x)), 1)
        return -ops.sum(target * ops.log(blurred + _TINY), axis=(1, 2))

    def _gaussian(self, centres: Tensor, places: Tensor) -> Tensor:
        """Gaussian weights `(cells, places)`, which sum to 1 over the cells."""
        distance = ops.expand_dims(centres, 1) - ops.expand_dims(places, 0)
        shares = ops.exp(-ops.square(distance / self.sigma) / 2)
        return shares / ops.sum(shares, axis=0, keepdims=True)

    def _peak(self, heatmap: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        """Mean position around the highest cell, `(batch, 2)`."""
        across, down = ops.max(heatmap, axis=1), ops.max(heatmap, axis=2)
        near = heatmap * ops.expand_dims(self._near(down), 2)
        near = near * ops.expand_dims(self._near(across), 1)
        mass = ops.sum(near, axis=(1, 2)) + _TINY
        x = ops.sum(ops.sum(near, axis=1) * columns, axis=1) / mass
        y = ops.sum(ops.sum(near, axis=2) * rows, axis=1) / mass
        return ops.stack([x, y], axis=1)

    def _near(self, heights: Tensor) -> Tensor:
        """1 within half a window of the highest value, else 0."""
        count = ops.shape(heights)[1]
        highest = ops.expand_dims(ops.argmax(heights, axis=1), 1)
        places = ops.expand_dims(ops.arange(count), 0)
        steps = ops.abs(ops.cast(places, "int32") - ops.cast(highest, "int32"))
        return ops.cast(steps <= self.window // 2, heights.dtype)

    def _huber(self, difference: Tensor) -> Tensor:
        """Huber loss of the length of `difference / delta`."""
        squares = ops.sum(ops.square(difference / self.delta), axis=1)
        length = ops.sqrt(squares + _TINY)
        return ops.where(squares <= 1, squares / 2, length - 0.5)

    def _player_loss(self, y_pred: dict[str, Tensor], ball: Tensor) -> Tensor:
        """Cross-entropies of carrier and team, 0 if no player is near."""
        seen = ops.logical_not(ops.any(ops.isnan(y_pred["players"]), axis=2))
        players = ops.where(
            ops.expand_dims(seen, 2),
            y_pred["players"],
            ops.zeros_like(y_pred["players"]),
        )
        squares = ops.sum(
            ops.square(players - ops.expand_dims(ball, 1)), axis=2
        )
        squares = ops.where(seen, squares, ops.full_like(squares, 1e9))
        nearest = ops.min(squares, axis=1)
        near = nearest < self.carrier_radius**2
        # A Gaussian with a standard deviation of half a cell.
        share = ops.softmax(-squares * (2 / self.cell**2))
        entropy = -ops.sum(share * ops.log(y_pred["carrier"] + _TINY), axis=1)
        team = ops.cast(y_pred["team"], share.dtype)
        # Rounding can make probabilities sum to more than 1.
        odds = ops.clip(ops.sum(y_pred["carrier"] * team, axis=1), 0, 1)
        truth = ops.sum(share * team, axis=1)
        team_entropy = -truth * ops.log(odds + _TINY)
        team_entropy = team_entropy - (1 - truth) * ops.log(1 - odds + _TINY)
        total = self.carrier_weight * entropy + self.team_weight * team_entropy
        return ops.where(near, total, ops.zeros_like(total))

    def _centres(self, count: int | Tensor, dtype: str) -> Tensor:
        """Centres of the cells along an axis, in the unit of the positions."""
        places = ops.cast(ops.arange(count), dtype) + 0.5
        if self.origin == "center":
            places = places - ops.cast(count, dtype) / 2
        return places * self.cell

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in (
            "cell",
            "origin",
            "sigma",
            "window",
            "distance_weight",
            "delta",
            "carrier_weight",
            "carrier_radius",
            "team_weight",
        ):
            config[name] = getattr(self, name)
        return {**config, "dtype": self.dtype}
