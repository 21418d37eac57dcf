"""A game as `BallMotion` sees it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from convzoo.training.football.motion_frames import MotionInputs, motion_frames
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.motion_grid import (
    MotionGrid,
    motion_grid,
)
from convzoo.training.football.tracking.runs_of_play import (
    frame_times,
    runs_of_play,
)
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.football.tracking.with_past import with_past_for
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor
from convzoo.zoo.football.motion_inputs import EVIDENCE


class MotionGame(NamedTuple):
    """Moments of a game at the rate of the model.

    Attributes:
        grid: The moments, see `MotionGrid`.
        inputs: Inputs of `BallMotion` at the moments, without known balls and
            without the axis of batches, see `motion_frames`.
        ball: Positions `(moments, 2)` in metres, NaN where unknown.
        outputs: The outputs of `predict_ball` for the frames of the moments,
            in their order.
    """

    grid: MotionGrid
    inputs: MotionInputs
    ball: np.ndarray
    outputs: dict[str, np.ndarray]


def motion_game(
    tracking: Tracking,
    model: BallPositionPredictor,
    frame_rate: float,
    data_rate: float = 5.0,
    batch_size: int = 64,
    flips: bool | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> MotionGame:
    """Predict frames of a game one by one, for `BallMotion`.

    Args:
        tracking: A `Tracking` with at least one frame.
        model: A `BallPositionPredictor`.
        frame_rate: Moments per second. Of files with more frames, those without
            a ball are preferred.
        data_rate: Frames per second of files without times.
        batch_size, flips, progress: As in `predict_ball`.
    """
    tracking = with_past_for(tracking, model)
    times = frame_times(tracking, 1 / data_rate)
    runs = runs_of_play(tracking, 1 / data_rate)
    grid = motion_grid(times, runs, frame_rate, ~tracking.has_ball)
    there = grid.frames >= 0
    frames = tracking[grid.frames[there]]
    outputs = predict_ball(
        model, frames, batch_size, flips=flips, progress=progress
    )
    inputs = {
        name: _at(there, array)
        for name, array in motion_frames(frames, outputs).items()
    }
    inputs["evidence"] = np.nan_to_num(inputs["evidence"])
    inputs["evidence"][:, EVIDENCE.index("inside")] = 1
    return MotionGame(grid, inputs, _at(there, frames.ball), outputs)


def _at(there: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values at these moments, NaN at others."""
    spread = np.full((len(there), *values.shape[1:]), np.nan, values.dtype)
    spread[there] = values
    return spread
