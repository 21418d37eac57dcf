"""Temperature scaling of ball position predictors.

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
from convzoo.zoo.copied import copied
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

_LOW, _HIGH = 0.25, 4.0
_STEPS = 7


def ball_temperature(
    model: BallPositionPredictor,
    games: Sequence[Tracking],
    coverage: float = 0.9,
) -> float:
    """Find the temperature at which the 90 % radius has the given coverage.

    The radius grows with the temperature, which bisection can find.

    Args:
        model: A `BallPositionPredictor`. Its `temperature` does not change.
        games: List of `Tracking` with validation frames, from neither the
            training nor the test set.
        coverage: Target fraction of balls within the 90 % radius, as the mean
            over the games.

    Returns:
        A temperature from 0.25 to 4, rounded to two decimals.

    Raises:
        ValueError: If `coverage` is not a fraction, or `games` is empty.
    """
    check_fraction("coverage", coverage)
    if not games:
        raise ValueError("`games` must hold a Tracking. Received: none")
    low, high = np.log(_LOW), np.log(_HIGH)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _coverage(_with(model, float(np.exp(middle))), games) < coverage:
            low = middle
        else:
            high = middle
    return round(float(np.exp((low + high) / 2)), 2)


def _with(
    model: BallPositionPredictor, temperature: float
) -> BallPositionPredictor:
    """Copy a model with another temperature."""
    other = copied(model, temperature=temperature)
    # It is used once, which is faster than compiling it.
    other.run_eagerly = True
    return other


def _coverage(model: BallPositionPredictor, games: Sequence[Tracking]) -> float:
    coverages = [
        ball_quality(game, predict_ball(model, game)).coverage_90
        for game in games
    ]
    return float(np.mean(coverages))


def calibrate_run(run: str, *data: PathLike, hold_out: float = 0.1) -> float:
    """Calibrate a run on the frames that `train ball` held out of `data`."""
    model = BallPositionPredictor.from_preset(run)
    games = [
        read_with_past(path, model.pitch, model.frames, model.frame_rate)
        for path in data
    ]
    parts = [game.learned.split(hold_out)[1] for game in games]
    return ball_temperature(model, [held for held in parts if len(held)])


if __name__ == "__main__":
    print(calibrate_run(*sys.argv[1:]))
