"""How sure of itself a predictor of the ball may be.

Guo et al. 2017, On Calibration of Modern Neural Networks,
https://arxiv.org/abs/1706.04599.

    python -m convzoo.training.football.ball_temperature RUN FILE [FILE]
"""

import sys
from collections.abc import Sequence

import numpy as np

from convzoo.common.checks import check_fraction
from convzoo.common.types import PathLike
from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.read_tracking import read_with_past
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

_LOW, _HIGH = 0.25, 4.0
_STEPS = 7


def ball_temperature(
    model: BallPositionPredictor,
    games: Sequence[Tracking],
    coverage: float = 0.9,
) -> float:
    """The `temperature` with which the 90 % radius holds what it says.

    The radius grows with it, so it is found by halving an interval.

    Args:
        model: a `BallPositionPredictor`, whose own `temperature` stays.
        games: of `Tracking`, which it has not learned from and which are no
            test either.
        coverage: share of the balls that is to be within the radius, as the
            mean over the games.

    Returns:
        A number from 0.25 to 4, with two decimals.

    Raises:
        ValueError: `coverage` is not a fraction, or there is no game.
    """
    check_fraction("coverage", coverage)
    if not games:
        raise ValueError("`games` must hold a Tracking. Received: none")
    before = model.temperature, model.run_eagerly
    # What is compiled holds the temperature as a constant.
    model.run_eagerly = True
    model.make_predict_function(force=True)
    low, high = np.log(_LOW), np.log(_HIGH)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        model.temperature = float(np.exp(middle))
        if _coverage(model, games) < coverage:
            low = middle
        else:
            high = middle
    model.temperature, model.run_eagerly = before
    model.make_predict_function(force=True)
    return round(float(np.exp((low + high) / 2)), 2)


def _coverage(model: BallPositionPredictor, games: Sequence[Tracking]) -> float:
    coverages = [
        ball_quality(game, predict_ball(model, game)).coverage_90
        for game in games
    ]
    return float(np.mean(coverages))


def of_run(run: str, *data: PathLike, hold_out: float = 0.1) -> float:
    """Of a run, on what `train ball` held out of the same files."""
    model = BallPositionPredictor.load(run)
    games = [
        read_with_past(path, model.pitch, model.frames, model.frame_rate)
        for path in data
    ]
    parts = [game.learned.split(hold_out)[1] for game in games]
    return ball_temperature(model, [held for held in parts if len(held)])


if __name__ == "__main__":
    print(of_run(*sys.argv[1:]))
