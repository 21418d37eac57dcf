"""A predictor of the ball beside simple ones, on frames with a known ball."""

import numpy as np

from convzoo.training.ball_quality import ball_quality, nearest_players
from convzoo.training.read_tracking import read_tracking


def evaluate_ball(model, game, batch_size=256):
    """The `BallQuality` of a model, of simple predictors and of an oracle.

    - `pitch centre`: always the centre spot.
    - `mean of the players`: of those who are seen.
    - `velocities`: the point nearest to all lines along which players run, each
      weighed by the speed.
    - `nearest player (oracle)`: where the player nearest to the ball stands: no
      predictor that puts the ball at a player does better.

    Args:
        model: a `BallPositionPredictor` of single frames.
        game: a `Tracking` whose ball is known in every frame.
        batch_size: frames at once.

    Returns:
        A dictionary of names and `BallQuality`s.
    """
    simple = {
        "pitch centre": np.zeros_like(game.ball),
        "mean of the players": _mean_of_players(game),
        "velocities": _velocity_convergence(game),
        "nearest player (oracle)": game.players[
            np.arange(len(game)), nearest_players(game)
        ],
    }
    outputs = model.predict(game.inputs(), batch_size=batch_size, verbose=0)
    return {
        **{
            name: ball_quality(game, {"position": position})
            for name, position in simple.items()
        },
        model.name: ball_quality(game, outputs),
    }


def frames_to_evaluate(path, pitch=(105.0, 68.0), positions_only=False):
    """The test of a file; all of its frames with a ball, if it has no test.

    Args:
        path: see `read_tracking`.
        pitch: its length and width, in metres.
        positions_only: whether velocities are hidden.

    Raises:
        ValueError: the file cannot be used, or its ball is never known.
    """
    game = read_tracking(path, pitch)
    game = game.tested if game.test.any() else game.learned
    if not len(game):
        raise ValueError(f"{path}: has no frame with a ball")
    return game.without_velocities() if positions_only else game


def _mean_of_players(game):
    seen = ~np.isnan(game.players[:, :, :1])
    total = np.where(seen, game.players, 0).sum(axis=1)
    return total / np.maximum(seen.sum(axis=1), 1)


def _velocity_convergence(game):
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
