"""Metrics of predicted carriers."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.checks import check_above
from convzoo.training.football.ball_quality import nearest_players
from convzoo.training.football.tracking.tracking import Tracking


class CarrierQuality(NamedTuple):
    """Metrics over frames; NaN if there is nothing to count.

    Attributes:
        precision: Fraction of the predicted carriers who have the ball.
        recall: Fraction of the carriers who are predicted.
        f1: Harmonic mean of both.
    """

    precision: float
    recall: float
    f1: float


def carrier_quality(
    tracking: Tracking,
    carrier: ArrayLike,
    truth: ArrayLike | None = None,
    reach: float = 1.5,
) -> CarrierQuality:
    """Compare predicted carriers with the players who have the ball.

    Args:
        tracking: A `Tracking`. Only frames with a known ball count, unless
            `truth` is given.
        carrier: Indices `(frames,)` of the predicted carriers; -1 for nobody.
        truth: Indices `(frames,)` of the true carriers; -1 for nobody. None for
            the player nearest to the ball, if within `reach`.
        reach: Distance in metres at which a player has the ball.

    Raises:
        ValueError: If an argument is invalid.
    """
    check_above("reach", reach, 0)
    found = _checked("carrier", carrier, tracking)
    if truth is None:
        counted = tracking.has_ball
        right = _nearest_within(tracking[counted], reach)
        found = found[counted]
    else:
        right = _checked("truth", truth, tracking)
    hits = int(np.sum((found == right) & (right >= 0)))
    said, true = int(np.sum(found >= 0)), int(np.sum(right >= 0))
    return CarrierQuality(
        _ratio(hits, said), _ratio(hits, true), _ratio(2 * hits, said + true)
    )


def _nearest_within(game: Tracking, reach: float) -> np.ndarray:
    """Index of the player nearest to the ball; -1 if nobody is so near."""
    nearest = nearest_players(game)
    places = game.players[np.arange(len(game)), nearest]
    near = np.linalg.norm(places - game.ball, axis=1) <= reach
    return np.where(near, nearest, -1)


def _checked(name: str, value: ArrayLike, tracking: Tracking) -> np.ndarray:
    array = np.asarray(value)
    if array.shape != (len(tracking),) or array.dtype.kind not in "iu":
        raise ValueError(
            f"`{name}` must be integers of shape ({len(tracking)},), one a "
            f"frame. Received: {name} of shape {array.shape}, {array.dtype}"
        )
    return array


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else np.nan
