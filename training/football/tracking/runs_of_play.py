"""Runs of play: stretches of frames without cuts."""

import math

import numpy as np

from convzoo.common.checks import check_above
from convzoo.training.football.tracking.matched_players import (
    columns_going_on,
    matched_players,
)
from convzoo.training.football.tracking.tracking import Tracking

# Longest step between frames of a run, in seconds, with a tolerance for rounded
# times.
_LONGEST = 1.01
# Minimum number of visible players to judge whether they jump, and share of
# them that goes on in a run.
_ENOUGH, _SHARE = 4, 0.75


def runs_of_play(tracking: Tracking, step: float = 0.2) -> np.ndarray:
    """Number the runs of play: stretches of frames without cuts.

    A run ends where time repeats, runs back or jumps by more than 1 s, and
    where the players jump. Players are matched by position, not by column:
    columns of broadcast tracking do not keep their players. They jump if fewer
    than three quarters of those in the frame with fewer players can be matched
    one to one with players of the same team in the other frame, within
    `13 m/s * seconds + 1.5 m`. Where a frame has fewer than four visible
    players, time alone decides.

    Args:
        tracking: A `Tracking`.
        step: Seconds between frames without times, see `frame_times`.

    Returns:
        Integers `(frames,)`, the run of each frame, from 0 and increasing. A
        frame of unknown time is a run of its own, unless all are unknown.

    Raises:
        ValueError: If `step` is invalid.
    """
    steps = np.diff(frame_times(tracking, step))
    # NaN is no step.
    goes_on = (steps > 0) & (steps <= _LONGEST)
    goes_on[goes_on] = ~_jumps(tracking, np.flatnonzero(goes_on), steps)
    return np.concatenate([[0], np.cumsum(~goes_on)])[: len(tracking)]


def run_slices(runs: np.ndarray) -> list[slice]:
    """The frames of each run, in order.

    Args:
        runs: Runs `(frames,)`, see `runs_of_play`.
    """
    starts = np.flatnonzero(np.diff(runs, prepend=-1))
    ends = [*starts[1:], len(runs)]
    return [
        slice(int(start), int(end))
        for start, end in zip(starts, ends, strict=True)
    ]


def frame_times(tracking: Tracking, step: float = 0.2) -> np.ndarray:
    """Times of frames in seconds.

    Args:
        tracking: A `Tracking`.
        step: Seconds between frames if all times are unknown.

    Returns:
        Times `(frames,)`. Single unknown times stay NaN.

    Raises:
        ValueError: If `step` is invalid.
    """
    check_above("step", step, 0)
    if np.isnan(tracking.time).all():
        return np.arange(len(tracking)) * float(step)
    return tracking.time


def step_in_runs(times: np.ndarray, run: np.ndarray) -> float:
    """Median step between frames of a run, in seconds.

    Args:
        times: Times `(frames,)`, see `frame_times`.
        run: Runs `(frames,)`, see `runs_of_play`.

    Returns:
        The step; NaN if no run has two frames.
    """
    steps = np.diff(times)[np.diff(run) == 0]
    return float(np.median(steps)) if len(steps) else math.nan


def _jumps(
    tracking: Tracking, frames: np.ndarray, steps: np.ndarray
) -> np.ndarray:
    """Mask of these frames, after which the players jump."""
    seen = (~np.isnan(tracking.players[..., 0])).sum(axis=1)
    fewer = np.minimum(seen[frames], seen[frames + 1])
    _, go_on = columns_going_on(tracking, frames, steps[frames])
    # Where columns keep their players, no others can be more.
    jumps = (fewer >= _ENOUGH) & (go_on.sum(axis=1) < _SHARE * fewer)
    doubtful = frames[jumps]
    matched = matched_players(tracking, doubtful, steps[doubtful]) >= 0
    jumps[jumps] = matched.sum(axis=1) < _SHARE * fewer[jumps]
    return jumps
