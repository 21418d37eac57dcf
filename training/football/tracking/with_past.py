"""What players did before each frame."""

from typing import cast

import numpy as np

from convzoo.common.checks import check_above, check_positive
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

# Metres a second, and metres of noise: who was farther away is somebody else.
_FASTEST, _NOISE = 13.0, 1.0
# Of the time between frames: so far from when it should be a frame may be.
_OFF = 0.25


def with_past(
    tracking: Tracking, frames: int, frame_rate: float | None
) -> Tracking:
    """The same frames, and for each of them those before.

    Columns must stay with their players from frame to frame. Where there is no
    frame at that time, or somebody else was in a column, nothing is known;
    frames of the test and others are not each other's past.

    Args:
        tracking: a `Tracking` that knows its times.
        frames: how many a frame becomes, itself included; 1 changes nothing.
        frame_rate: of them, in frames a second. Files may have more.

    Raises:
        ValueError: an argument is not as described, the times are not known, or
            no frame of several has one before it.
    """
    check_positive("frames", frames)
    if frames == 1:
        return tracking.with_(past=tracking.past[:, :0], past_rate=None)
    check_above("frame_rate", frame_rate, 0)
    # The check refuses None, which a type checker cannot know.
    rate = cast(float, frame_rate)
    if np.isnan(tracking.time).all():
        raise ValueError(
            "`tracking` must know the times of its frames, from which a model "
            f"of {frames} frames takes those before: an array `time` in an "
            ".npz file, or a column of a .csv file, in seconds. Received: "
            "no time"
        )
    moments = [
        _moment(tracking, before / rate, _OFF / rate)
        for before in range(frames - 1, 0, -1)
    ]
    past = np.stack(moments, axis=1)
    if len(tracking) > 1 and np.isnan(past).all():
        raise ValueError(
            "`tracking` must have frames before others, by multiples of "
            f"{1 / rate:g} s as the model takes them. Received: times "
            f"with a step of {_step(tracking.time):g} s, usually"
        )
    return tracking.with_(past=past, past_rate=rate)


def with_past_of(tracking: Tracking, model: BallPositionPredictor) -> Tracking:
    """The same frames, with as many before each as the model takes.

    To be done before frames are chosen: those that are left out are the past
    of others.
    """
    same = tracking.past.shape[1] == model.frames - 1
    if same and (model.frames == 1 or tracking.past_rate == model.frame_rate):
        return tracking
    return with_past(tracking, model.frames, model.frame_rate)


def _step(times: np.ndarray) -> float:
    steps = np.diff(np.sort(times[~np.isnan(times)]))
    return float(np.median(steps)) if len(steps) else 0.0


def _moment(tracking: Tracking, seconds: float, tolerance: float) -> np.ndarray:
    """Positions and velocities so long ago, `(frames, n, 4)`."""
    state = np.concatenate([tracking.players, tracking.velocities], axis=2)
    index, off = _nearest(tracking.time, tracking.time - seconds)
    known = (off <= tolerance) & (tracking.test[index] == tracking.test)
    then = state[index]
    moved = np.linalg.norm(then[:, :, :2] - tracking.players, axis=2)
    known = np.expand_dims(known, 1) & (moved < _FASTEST * seconds + _NOISE)
    return np.where(np.expand_dims(known, 2), then, np.float32(np.nan))


def _nearest(
    times: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The index of the time nearest to each wanted one, and how far it is."""
    order = np.argsort(times, kind="stable")
    # Unknown times are at the end.
    order = order[: np.count_nonzero(~np.isnan(times))]
    after = np.searchsorted(times[order], wanted)
    around = np.stack([after - 1, after]).clip(0, len(order) - 1)
    off = np.abs(times[order][around] - wanted)
    nearer = off.argmin(axis=0)
    frames = np.arange(len(times))
    return order[around[nearer, frames]], off[nearer, frames]
