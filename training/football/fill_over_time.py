"""Missing balls, filled by a model that follows the ball over time."""

import warnings
from collections.abc import Callable

import numpy as np

from convzoo.training.football.filled_ball import FilledBall, filled_ball
from convzoo.training.football.follow_ball import follow_ball
from convzoo.training.football.followed_carriers import followed_carriers
from convzoo.training.football.motion_game import motion_game
from convzoo.training.football.tracking.implausible_balls import (
    implausible_balls,
)
from convzoo.training.football.tracking.runs_of_play import (
    frame_times,
    run_slices,
    runs_of_play,
)
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_motion import BallMotion
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor


def fill_over_time(
    tracking: Tracking,
    model: BallPositionPredictor,
    batch_size: int,
    flips: bool | None,
    progress: Callable[[int, int], object] | None,
    follower: BallMotion,
    data_rate: float,
) -> FilledBall:
    """Fill missing balls with a model that follows the ball, see `fill_ball`.

    Args:
        tracking, model, batch_size, flips, progress, data_rate: As in
            `fill_ball`.
        follower: A `BallMotion`.
    """
    times = frame_times(tracking, 1 / data_rate)
    runs = runs_of_play(tracking, 1 / data_rate)
    tracking = _without_errors(tracking, times, runs)
    game = motion_game(
        tracking,
        model,
        follower.frame_rate,
        data_rate,
        batch_size,
        flips,
        progress,
    )
    answer = follow_ball(game, follower, times, runs, tracking.ball)
    followed = tracking.has_players | _has_known_ball(
        tracking, runs, follower.causal
    )
    found = filled_ball(
        tracking,
        answer.position,
        (answer.radius_50, answer.radius_90),
        followed,
    )
    if "carrier" not in game.outputs:
        return found
    carrier = np.full(tracking.team.shape, np.nan)
    carrier[game.grid.frames[game.grid.frames >= 0]] = game.outputs["carrier"]
    carriers = followed_carriers(
        found.tracking, times, runs, found.radius_50, carrier, follower.causal
    )
    return found._replace(**carriers._asdict())


def _without_errors(
    tracking: Tracking, times: np.ndarray, runs: np.ndarray
) -> Tracking:
    wrong = implausible_balls(times, runs, tracking.ball)
    if not wrong.any():
        return tracking
    first = tracking.frame_of(int(np.argmax(wrong)))
    warnings.warn(
        f"the ball jumps away and back in {wrong.sum()} of {len(tracking)} "
        f"frames, the first is {first}; it counts as unknown there",
        stacklevel=4,
    )
    ball = np.where(np.expand_dims(wrong, 1), np.nan, tracking.ball)
    return tracking.with_ball(ball)


def _has_known_ball(
    tracking: Tracking, runs: np.ndarray, causal: bool
) -> np.ndarray:
    """Mask of the frames whose run of play has a known ball, or had one."""
    known = tracking.has_ball
    if not causal:
        return np.isin(runs, runs[known])
    found = np.zeros(len(known), bool)
    for part in run_slices(runs):
        found[part] = np.logical_or.accumulate(known[part])
    return found
