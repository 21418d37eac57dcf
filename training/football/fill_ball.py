"""Imputation of missing ball positions in tracking data."""

from collections.abc import Callable
from typing import TYPE_CHECKING, overload

import numpy as np

from convzoo.common.checks import check_above
from convzoo.common.choices import Motion
from convzoo.training.football.fill_kloppy_ball import fill_kloppy_ball
from convzoo.training.football.fill_over_time import fill_over_time
from convzoo.training.football.filled_ball import FilledBall, filled_ball
from convzoo.training.football.named_motion import named_motion
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.kloppy_pitch import is_kloppy
from convzoo.training.football.tracking.kloppy_tracking import kloppy_tracking
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_motion import BallMotion
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
    *,
    motion: Motion | BallMotion | None = "smooth",
    data_rate: float = 5.0,
) -> FilledBall: ...


@overload
def fill_ball(
    tracking: "TrackingDataset",
    model: BallPositionPredictor,
    batch_size: int = 64,
    flips: bool | None = None,
    progress: Callable[[int, int], object] | None = None,
    *,
    motion: Motion | BallMotion | None = "smooth",
    data_rate: float = 5.0,
) -> "TrackingDataset": ...


def fill_ball(
    tracking: "Tracking | TrackingDataset",
    model: BallPositionPredictor,
    batch_size: int = 64,
    flips: bool | None = None,
    progress: Callable[[int, int], object] | None = None,
    *,
    motion: Motion | BallMotion | None = "smooth",
    data_rate: float = 5.0,
) -> "FilledBall | TrackingDataset":
    """Fill missing ball positions.

    A model predicts each frame, and another follows the ball from frame to
    frame, through the known balls. Known balls that jump away and back are
    replaced, with a warning, see `implausible_balls`; it sees later balls, also
    for `"causal"`.

    Args:
        tracking: A `Tracking`, or a kloppy `TrackingDataset` in any coordinate
            system; both on any pitch, see `predict_ball`.
        model: A `BallPositionPredictor`.
        batch_size: Batch size.
        flips: Whether to average four mirrored views, see `predict_ball`.
        progress: Called after each batch, see `predict_ball`.
        motion: What follows the ball: `"smooth"`, which sees past and future;
            `"causal"`, which sees the past only; a `BallMotion`; or None to
            predict each frame by itself.
        data_rate: Frames per second of files without times.

    Returns:
        A `FilledBall`. For a kloppy dataset, a copy with the missing positions
        filled, see `fill_kloppy_ball`.

    Raises:
        ValueError: If `tracking` has the wrong type, or a kloppy dataset cannot
            be converted, see `kloppy_tracking`.
    """
    check_above("data_rate", data_rate, 0)
    follower = named_motion(motion)
    if is_kloppy(tracking):
        frames = kloppy_tracking(tracking, model.pitch)
    elif isinstance(tracking, Tracking):
        frames = tracking
    else:
        raise ValueError(
            "`tracking` must be a Tracking, or a TrackingDataset of kloppy. "
            f"Received: {type(tracking).__name__}"
        )
    if follower is None:
        found = _frame_by_frame(frames, model, batch_size, flips, progress)
    else:
        found = fill_over_time(
            frames, model, batch_size, flips, progress, follower, data_rate
        )
    if isinstance(tracking, Tracking):
        return found
    return fill_kloppy_ball(tracking, found)


def _frame_by_frame(
    tracking: Tracking,
    model: BallPositionPredictor,
    batch_size: int,
    flips: bool | None,
    progress: Callable[[int, int], object] | None,
) -> FilledBall:
    outputs = predict_ball(
        model, tracking, batch_size, flips=flips, progress=progress
    )
    somebody = tracking.has_players
    count = len(tracking)
    carrier, certainty = np.full(count, -1), np.full(count, np.nan)
    team = np.full(count, np.nan)
    if "carrier" in outputs:
        carrier = np.where(somebody, outputs["carrier"].argmax(axis=1), -1)
        certainty = np.where(somebody, outputs["carrier"].max(axis=1), np.nan)
        team = np.where(somebody, outputs["team"], np.nan)
    return filled_ball(
        tracking,
        outputs["position"],
        (outputs["radius_50"], outputs["radius_90"]),
        somebody,
    )._replace(carrier=carrier, certainty=certainty, team=team)
