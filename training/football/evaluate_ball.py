"""Evaluation of ball position predictors against simple baselines."""

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
    """Evaluate a model, baselines and an oracle.

    - `pitch centre`: the centre spot.
    - `mean of the players`: the mean position of the visible players.
    - `velocities`: the point nearest to the lines along which the players run,
      weighted by speed.
    - `gradient boosting`: see `gradient_boosting`. Skipped without training
      frames, and, with a warning, without scikit-learn.
    - `nearest player (oracle)`: the position of the player nearest to the ball,
      a lower bound for predictors that choose a player.

    Args:
        model: A `BallPositionPredictor`.
        game: A `Tracking` with a known ball in every frame.
        learned: A `Tracking` of training frames for the baselines, or None.
        batch_size: Batch size.

    Returns:
        A dictionary from names to `BallQuality`.
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
    pitch: tuple[float, float] | None = None,
) -> tuple[Tracking, Tracking]:
    """Read the test and training frames of a file.

    Without a test set, all frames are test frames.

    Args:
        path: Path of the file, see `read_tracking`.
        model: A `BallPositionPredictor`, for its pitch and its past frames.
        positions_only: Whether to hide velocities.
        pitch: Length and width of the pitch in the file. None for that of the
            model.

    Returns:
        The test and the training frames with a ball, two `Tracking`s. The
        second may be empty.

    Raises:
        ValueError: If the file cannot be used, or no frame has a ball.
    """
    game = read_for(model, path, positions_only, pitch)
    parts = game.tested, game.learned
    if not game.test.any():
        parts = parts[1], parts[0]
    if not len(parts[0]):
        raise ValueError(f"{path}: has no frame with a ball")
    return parts


def read_for(
    model: BallPositionPredictor,
    path: PathLike,
    positions_only: bool = False,
    pitch: tuple[float, float] | None = None,
) -> Tracking:
    """Read all frames of a file as a model needs them.

    Args:
        model, path, positions_only, pitch: As in `frames_to_evaluate`.

    Raises:
        ValueError: If the file cannot be used.
    """
    game = read_with_past(
        path, pitch or model.pitch, model.frames, model.frame_rate
    )
    return game.without_velocities() if positions_only else game


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
    """Least-squares intersection of the running lines, weighted by speed.

    A weak regularization pulls it to the mean of the players.
    """
    velocities = np.nan_to_num(game.velocities)
    places = np.nan_to_num(game.players)
    speed = np.linalg.norm(velocities, axis=2, keepdims=True)
    along = velocities / np.maximum(speed, 1e-6)
    # Projection orthogonal to a line: I - u u^T.
    across = np.eye(2) - np.einsum("bni,bnj->bnij", along, along)
    across = across * np.expand_dims(speed, 3)
    pull = 0.1 * np.eye(2)
    right = np.einsum("bnij,bnj->bi", across, places)
    right += _mean_of_players(game) @ pull
    left = across.sum(axis=1) + pull
    return np.linalg.solve(left, np.expand_dims(right, 2))[:, :, 0]
