"""Runs of play: stretches of frames without cuts."""

import math

import numpy as np

from convzoo.common.checks import check_above
from convzoo.training.football.tracking.tracking import Tracking

# Longest step between frames of a run, in seconds, with a tolerance for rounded
# times.
_LONGEST = 1.01
# Maximum speed in metres per second, and noise in metres.
_FASTEST, _NOISE = 13.0, 1.5
# Minimum number of visible players to judge whether they jump.
_ENOUGH = 4
# Maximum number of pairs of players that are compared at once.
_PAIRS = 2**17


def runs_of_play(tracking: Tracking, step: float = 0.2) -> np.ndarray:
    """Number the runs of play: stretches of frames without cuts.

    A run ends where time repeats, runs back or jumps by more than 1 s, and
    where the players jump. Players are matched by position, not by column:
    columns of broadcast tracking do not keep their players. A visible player
    goes on if a player of the same team is visible in the adjacent frame within
    `13 m/s * seconds + 1.5 m`. Players jump if fewer than half of those in the
    frame with fewer players go on, the earlier frame of two with as many. Where
    a frame has fewer than four visible players, time alone decides.

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
    at_once = max(_PAIRS // tracking.players.shape[1] ** 2, 1)
    jumps = np.zeros(len(frames), bool)
    for start in range(0, len(frames), at_once):
        part = slice(start, start + at_once)
        now = frames[part]
        reach = _FASTEST * steps[now] + _NOISE
        jumps[part] = _part_jumps(tracking, now, reach.astype("float32"))
    return jumps


def _part_jumps(
    tracking: Tracking, now: np.ndarray, reach: np.ndarray
) -> np.ndarray:
    after = now + 1
    # Pairs `(frames, n, n)` of the players of a frame and of the next.
    near = np.expand_dims(tracking.team[now], 2) == np.expand_dims(
        tracking.team[after], 1
    )
    squares = np.float32(0)
    # One axis at a time: a sum over an axis of length 2 is slow.
    for axis in range(2):
        places = tracking.players[..., axis]
        ways = np.expand_dims(places[now], 2) - np.expand_dims(places[after], 1)
        squares = squares + ways**2
    # Invisible players are NaN, and near nobody.
    near &= squares <= np.expand_dims(reach**2, (1, 2))
    seen = ~np.isnan(tracking.players[..., 0])
    before, then = seen[now].sum(axis=1), seen[after].sum(axis=1)
    go_on = np.where(
        before <= then, near.any(axis=2).sum(axis=1), near.any(1).sum(axis=1)
    )
    fewer = np.minimum(before, then)
    return (fewer >= _ENOUGH) & (2 * go_on < fewer)
