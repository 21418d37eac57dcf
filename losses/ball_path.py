"""Loss of predicted ball positions over time, with their radii.

Koenker and Bassett 1978, Regression Quantiles,
https://doi.org/10.2307/1913643, for the radii.

What differs from the paper: the quantiles are those of the distance from the
predicted position, which the loss of the radii does not move.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.checks import check_number
from convzoo.common.types import Tensor

_NEEDED = ("position", "radius_50", "radius_90")
_SHARES = (0.5, 0.9)
# Added to squared distances: the gradient stays finite at the ball itself.
_TINY = 1e-4


@keras.saving.register_keras_serializable(package="convzoo")
class BallPath(keras.losses.Loss):
    """Mean distance to the ball, and quantile losses of the radii.

    Args:
        radius_weight: Weight of the losses of the radii.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Positions of the ball, `(batch, frames, 2)` in metres. Frames
            with NaN do not count.
        y_pred: A dictionary with `"position"`, `(batch, frames, 2)`, and
            `"radius_50"` and `"radius_90"`, `(batch, frames)`, in metres.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`: means over the frames
        that count, 0 if none does.

    Raises:
        ValueError: If an argument is invalid.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import BallPath
    >>> ball = np.array([[[0.0, 0.0], [3.0, 4.0]]])
    >>> found = {
    ...     "position": np.zeros((1, 2, 2)),
    ...     "radius_50": np.ones((1, 2)),
    ...     "radius_90": np.ones((1, 2)),
    ... }
    >>> round(float(BallPath(radius_weight=0)(ball, found)), 1)
    2.5
    """

    def __init__(
        self,
        radius_weight: float = 0.3,
        name: str = "ball_path",
        **kwargs: Any,
    ) -> None:
        check_number("radius_weight", radius_weight, 0)
        super().__init__(name=name, **kwargs)
        self.radius_weight = radius_weight

    def call(self, y_true: Tensor, y_pred: dict[str, Tensor]) -> Tensor:
        if not isinstance(y_pred, dict) or not {*_NEEDED} <= set(y_pred):
            kind = sorted(y_pred) if isinstance(y_pred, dict) else type(y_pred)
            raise ValueError(
                "`y_pred` must be a dictionary with 'position', 'radius_50' "
                f"and 'radius_90'. Received: {kind}"
            )
        position, *radii = (y_pred[name] for name in _NEEDED)
        counted = ops.logical_not(ops.any(ops.isnan(y_true), axis=2))
        ball = ops.where(
            ops.expand_dims(counted, 2), y_true, ops.zeros_like(y_true)
        )
        squares = ops.sum(ops.square(position - ball), axis=2)
        distance = ops.sqrt(squares + _TINY)
        # The losses of the radii do not move the position.
        fixed = ops.stop_gradient(distance)
        value = distance + self.radius_weight * sum(
            _quantile(share, fixed, radius)
            for share, radius in zip(_SHARES, radii, strict=True)
        )
        counts = ops.cast(counted, value.dtype)
        total = ops.sum(value * counts, axis=1)
        return total / ops.maximum(ops.sum(counts, axis=1), 1)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config["radius_weight"] = self.radius_weight
        return {**config, "dtype": self.dtype}


def _quantile(share: float, distance: Tensor, radius: Tensor) -> Tensor:
    """The loss whose minimum is the radius that holds this share."""
    outside = distance - radius
    return ops.maximum(share * outside, (share - 1) * outside)
