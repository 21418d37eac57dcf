"""A predictor of the ball beside simple ones, on frames with a known ball."""

import importlib.util
import warnings

import numpy as np

from convzoo.common.types import PathLike
from convzoo.training.football.ball_quality import (
    BallQuality,
    ball_quality,
    nearest_players,
)
from convzoo.training.football.gradient_boosting import gradient_boosting
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.read_tracking import read_with_past
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor


def evaluate_ball(
    model: BallPositionPredictor,
    game: Tracking,
    learned: Tracking | None = None,
    batch_size: int = 256,
) -> dict[str, BallQuality]:
    """The `BallQuality` of a model, of simple predictors and of an oracle.

    - `pitch centre`: always the centre spot.
    - `mean of the players`: of those who are seen.
    - `velocities`: the point nearest to all lines along which players run, each
      weighed by the speed.
    - `gradient boosting`: see `gradient_boosting`; left out without frames to
      learn from, and, with a warning, without scikit-learn.
    - `nearest player (oracle)`: where the player nearest to the ball stands: no
      predictor that puts the ball at a player does better.

    Args:
        model: a `BallPositionPredictor`.
        game: a `Tracking` whose ball is known in every frame.
        learned: None, or a `Tracking` of other frames, from which simple
            predictors may learn.
        batch_size: frames at once.

    Returns:
        A dictionary of names and `BallQuality`s.
    """
    nearest = nearest_players(game)
    said = {
        "pitch centre": {"position": np.zeros_like(game.ball)},
        "mean of the players": {"position": _mean_of_players(game)},
        "velocities": {"position": _velocity_convergence(game)},
        **_boosted(learned, game),
        "nearest player (oracle)": {
            "position": game.players[np.arange(len(game)), nearest]
        },
        model.name: predict_ball(model, game, batch_size),
    }
    return {name: ball_quality(game, outputs) for name, outputs in said.items()}


def frames_to_evaluate(
    path: PathLike,
    model: BallPositionPredictor,
    positions_only: bool = False,
) -> tuple[Tracking, Tracking]:
    """The test of a file and its frames to learn from, both with a ball; all of
    them and none, if it has no test.

    Args:
        path: see `read_tracking`.
        model: a `BallPositionPredictor`, which may need frames before each.
        positions_only: whether velocities are hidden.

    Returns:
        Two `Tracking`s, of which the second may be empty.

    Raises:
        ValueError: the file cannot be used, or its ball is never known.
    """
    game = read_with_past(path, model.pitch, model.frames, model.frame_rate)
    if positions_only:
        game = game.without_velocities()
    parts = game.tested, game.learned
    if not game.test.any():
        parts = parts[1], parts[0]
    if not len(parts[0]):
        raise ValueError(f"{path}: has no frame with a ball")
    return parts


def _boosted(
    learned: Tracking | None, game: Tracking
) -> dict[str, dict[str, np.ndarray]]:
    if learned is None or not len(learned):
        return {}
    if importlib.util.find_spec("sklearn") is None:
        warnings.warn(
            "left out: gradient boosting; pip install convzoo[football]",
            stacklevel=3,
        )
        return {}
    return {"gradient boosting": gradient_boosting(learned, game)}


def _mean_of_players(game: Tracking) -> np.ndarray:
    seen = ~np.isnan(game.players[:, :, :1])
    total = np.where(seen, game.players, 0).sum(axis=1)
    return total / np.maximum(seen.sum(axis=1), 1)


def _velocity_convergence(game: Tracking) -> np.ndarray:
    """Least squares of the distances to the lines, weighed by the speeds, with
    a weak pull to the mean of the players.
    """
    velocities = np.nan_to_num(game.velocities)
    places = np.nan_to_num(game.players)
    speed = np.linalg.norm(velocities, axis=2, keepdims=True)
    along = velocities / np.maximum(speed, 1e-6)
    # What is across a line: I - u u^T.
    across = np.eye(2) - np.einsum("bni,bnj->bnij", along, along)
    across = across * np.expand_dims(speed, 3)
    pull = 0.1 * np.eye(2)
    right = np.einsum("bnij,bnj->bi", across, places)
    right += _mean_of_players(game) @ pull
    left = across.sum(axis=1) + pull
    return np.linalg.solve(left, np.expand_dims(right, 2))[:, :, 0]
