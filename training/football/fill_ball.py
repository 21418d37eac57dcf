"""Imputation of missing ball positions in tracking data."""

from collections.abc import Callable
from typing import TYPE_CHECKING, overload

import numpy as np

from convzoo.training.football.fill_kloppy_ball import fill_kloppy_ball
from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.kloppy_pitch import is_kloppy
from convzoo.training.football.tracking.kloppy_tracking import kloppy_tracking
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

if TYPE_CHECKING:
    from kloppy.domain import TrackingDataset


@overload
def fill_ball(
    tracking: Tracking,
    model: BallPositionPredictor,
    batch_size: int = 64,
    flips: bool | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> FilledBall: ...


@overload
def fill_ball(
    tracking: "TrackingDataset",
    model: BallPositionPredictor,
    batch_size: int = 64,
    flips: bool | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> "TrackingDataset": ...


def fill_ball(
    tracking: "Tracking | TrackingDataset",
    model: BallPositionPredictor,
    batch_size: int = 64,
    flips: bool | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> "FilledBall | TrackingDataset":
    """Fill missing ball positions with the predictions of a model.

    Args:
        tracking: A `Tracking`, or a kloppy `TrackingDataset` in any coordinate
            system and on any pitch.
        model: A `BallPositionPredictor`.
        batch_size: Batch size.
        flips: Whether to average four mirrored views, see `predict_ball`.
        progress: Called after each batch, see `predict_ball`.

    Returns:
        A `FilledBall`. For a kloppy dataset, a copy with the missing positions
        filled, see `fill_kloppy_ball`.

    Raises:
        ValueError: If `tracking` has the wrong type, if its pitch is not that
            of the model, or if a kloppy dataset cannot be converted, see
            `kloppy_tracking`.
    """
    if is_kloppy(tracking):
        frames = kloppy_tracking(tracking, model.pitch)
        found = _filled(frames, model, batch_size, flips, progress)
        return fill_kloppy_ball(tracking, found)
    if not isinstance(tracking, Tracking):
        raise ValueError(
            "`tracking` must be a Tracking, or a TrackingDataset of kloppy. "
            f"Received: {type(tracking).__name__}"
        )
    return _filled(tracking, model, batch_size, flips, progress)


def _filled(
    tracking: Tracking,
    model: BallPositionPredictor,
    batch_size: int,
    flips: bool | None,
    progress: Callable[[int, int], object] | None,
) -> FilledBall:
    outputs = predict_ball(
        model, tracking, batch_size, flips=flips, progress=progress
    )
    known = tracking.has_ball
    seen = ~np.isnan(tracking.players).any(2)
    filled = ~known & seen.any(1)
    radius_50, radius_90 = (
        np.where(filled, outputs[name], np.where(known, 0, np.nan))
        for name in ("radius_50", "radius_90")
    )
    ball = np.where(
        np.expand_dims(filled, 1), outputs["position"], tracking.ball
    )
    carrier, team = _who(outputs, seen.any(1))
    return FilledBall(
        tracking.with_ball(ball), filled, radius_50, radius_90, carrier, team
    )


def _who(
    outputs: dict[str, np.ndarray], somebody: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Carrier and team of each frame; -1 and NaN where unknown."""
    if "carrier" not in outputs:
        return np.full(len(somebody), -1), np.full(len(somebody), np.nan)
    carrier = np.where(somebody, outputs["carrier"].argmax(axis=1), -1)
    return carrier, np.where(somebody, outputs["team"], np.nan)
