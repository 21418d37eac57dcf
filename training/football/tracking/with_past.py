"""Past frames for models of several frames."""

from typing import cast

import numpy as np

from convzoo.common.checks import check_above, check_positive
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

# Maximum speed in metres per second, and noise in metres. Beyond them, a column
# has changed players.
_FASTEST, _NOISE = 13.0, 1.0
# Tolerance of times, relative to the step between frames.
_OFF = 0.25


def with_past(
    tracking: Tracking, frames: int, frame_rate: float | None
) -> Tracking:
    """Add past frames to each frame.

    Columns must keep their players from frame to frame. The past is unknown
    where no frame has the right time, or a column has changed players. Test
    frames have no past in training frames, and vice versa.

    Args:
        tracking: A `Tracking` with known times.
        frames: Number of frames per input, including the frame itself. 1 adds
            none.
        frame_rate: Frames per second of the input. Files may have more.

    Raises:
        ValueError: If an argument is invalid, times are unknown, or no frame
            has a past.
    """
    check_positive("frames", frames)
    if frames == 1:
        return tracking.with_(past=tracking.past[:, :0], past_rate=None)
    check_above("frame_rate", frame_rate, 0)
    # `check_above` refuses None.
    rate = cast(float, frame_rate)
    if np.isnan(tracking.time).all():
        raise ValueError(
            "`tracking` must have times, from which a model of "
            f"{frames} frames finds past frames: an array `time` in an "
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
            "`tracking` must have past frames, at multiples of "
            f"{1 / rate:g} s, as the model needs them. Received: times "
            f"with a median step of {_step(tracking.time):g} s"
        )
    return tracking.with_(past=past, past_rate=rate)


def with_past_for(tracking: Tracking, model: BallPositionPredictor) -> Tracking:
    """Add the past frames that a model needs.

    Call it before you select frames: others may be the past of these.
    """
    same = tracking.past.shape[1] == model.frames - 1
    if same and (model.frames == 1 or tracking.past_rate == model.frame_rate):
        return tracking
    return with_past(tracking, model.frames, model.frame_rate)


def _step(times: np.ndarray) -> float:
    steps = np.diff(np.sort(times[~np.isnan(times)]))
    return float(np.median(steps)) if len(steps) else 0.0


def _moment(tracking: Tracking, seconds: float, tolerance: float) -> np.ndarray:
    """Positions and velocities `(frames, n, 4)` this many seconds before."""
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
    """Index of the time nearest to each wanted time, and their distance."""
    order = np.argsort(times, kind="stable")
    # `argsort` puts NaN at the end.
    order = order[: np.count_nonzero(~np.isnan(times))]
    after = np.searchsorted(times[order], wanted)
    around = np.stack([after - 1, after]).clip(0, len(order) - 1)
    off = np.abs(times[order][around] - wanted)
    nearer = off.argmin(axis=0)
    frames = np.arange(len(times))
    return order[around[nearer, frames]], off[nearer, frames]
