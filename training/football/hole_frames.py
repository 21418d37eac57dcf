"""Holes to cut into known play."""

import math

import numpy as np

from convzoo.common.checks import check_above, check_positive
from convzoo.training.football.tracking.runs_of_play import (
    frame_times,
    runs_of_play,
    step_in_runs,
)
from convzoo.training.football.tracking.tracking import Tracking

# Seconds of known play between two holes of a pass.
_APART = 10.0


def hole_frames(
    play: Tracking, seconds: float, passes: int = 4, most: int = 200
) -> np.ndarray:
    """Choose holes of a length, in stretches where the ball is known.

    A hole lies inside one run of play. The ball is known and a player visible
    in each of its frames, and the ball is known in the frames before and after
    it. Hole `k` belongs to pass `k % passes`: the holes of a pass are at least
    10 s of known play apart, so that one copy of the play can have them all.

    Holes start at the first frame that fits, and then each at the first one at
    least `every` known frames later. `every` is the smallest number with which
    holes of a pass are far enough apart and there are at most `most` holes.

    Args:
        play: A `Tracking`.
        seconds: Length of a hole, rounded to whole frames.
        passes: Number of passes.
        most: Maximum number of holes.

    Returns:
        Indices `(holes, frames)` of the frames of each hole, in the order of
        their starts. No hole, if none fits.

    Raises:
        ValueError: If an argument is invalid.
    """
    check_above("seconds", seconds, 0)
    check_positive("passes", passes)
    check_positive("most", most)
    run, times = runs_of_play(play), frame_times(play)
    step = step_in_runs(times, run)
    count = 0 if math.isnan(step) else round(min(seconds / step, len(play)))
    starts = _starts(play, run, times, count, step)
    if not len(starts):
        return np.zeros((0, count), int)
    known = np.cumsum(play.has_ball)
    between = math.ceil((count + _APART / step) / passes)
    every = max(between, math.ceil(known[-1] / most))
    chosen = _spaced(starts, known, every)
    return np.expand_dims(chosen, 1) + np.arange(count)


def _starts(
    play: Tracking, run: np.ndarray, times: np.ndarray, count: int, step: float
) -> np.ndarray:
    """First frames of all holes of this many frames that fit."""
    starts = np.arange(1, len(play) - count)
    if not count or not len(starts):
        return starts[:0]
    before, after = starts - 1, starts + count
    known = play.has_ball
    usable = np.concatenate([[0], np.cumsum(known & play.has_players)])
    fits = (run[before] == run[after]) & known[before] & known[after]
    fits &= usable[after] - usable[starts] == count
    # No frame is left out.
    lasts = times[after] - times[before]
    fits &= np.abs(lasts - (count + 1) * step) <= step / 2
    return starts[fits]


def _spaced(starts: np.ndarray, known: np.ndarray, every: int) -> np.ndarray:
    places = known[starts]
    chosen = [0]
    while chosen[-1] < len(starts):
        wanted = places[chosen[-1]] + every
        chosen.append(int(np.searchsorted(places, wanted)))
    return starts[chosen[:-1]]
