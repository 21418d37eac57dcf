"""Play of a file that a model has not been trained on."""

import numpy as np

from convzoo.common.types import PathLike
from convzoo.training.football.evaluate_ball import read_for
from convzoo.training.football.tracking.runs_of_play import frame_times
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

# Seconds, longer than any file.
_FAR = 1e6


def play_to_evaluate(
    path: PathLike,
    model: BallPositionPredictor,
    positions_only: bool = False,
    pitch: tuple[float, float] | None = None,
) -> Tracking:
    """Read the test frames of a file, with or without a ball.

    Without a test set, all frames are test frames. All frames get times, see
    `frame_times`, with a gap wherever frames are left out, so that no run of
    play has frames of both sides.

    Args:
        path, model, positions_only, pitch: As in `frames_to_evaluate`.

    Raises:
        ValueError: If the file cannot be used, or no frame has a ball.
    """
    game = read_for(model, path, positions_only, pitch)
    rows = np.arange(len(game))
    if game.test.any():
        rows = np.flatnonzero(game.test)
    gaps = np.cumsum(np.diff(rows, prepend=rows[0] - 1) > 1)
    play = game[rows].with_(time=frame_times(game)[rows] + _FAR * gaps)
    if not play.has_ball.any():
        raise ValueError(f"{path}: has no frame with a ball")
    return play
