"""Balls that a file has at wrong places."""

import numpy as np

# Maximum speed in metres per second, and error of two positions in metres.
_FASTEST, _NOISE = 45.0, 2.0
# Longest time in seconds for which a file may have a ball at a wrong place.
_LONGEST = 0.7


def implausible_balls(
    times: np.ndarray, runs: np.ndarray, ball: np.ndarray
) -> np.ndarray:
    """Find balls that jump away and back.

    Balls that no ball in play can reach from the one before, at 45 m/s, part
    the known balls of a run into pieces. A ball in a piece of up to 0.7 s is
    wrong, unless all pieces are as short, or it can be reached from the longer
    pieces around it.

    Args:
        times: Times `(frames,)` in seconds, increasing within runs.
        runs: Runs `(frames,)`, see `runs_of_play`.
        ball: Positions `(frames, 2)` in metres, NaN where unknown.

    Returns:
        Mask `(frames,)` of wrong balls.
    """
    wrong = np.zeros(len(ball), bool)
    known = np.flatnonzero(~np.isnan(ball).any(axis=1))
    jumps = _jumps(times[known], runs[known], ball[known])
    if not jumps.any():
        return wrong
    for run in np.unique(runs[known[1:][jumps]]):
        here = runs[known] == run
        frames = known[here]
        piece = np.concatenate([[0], np.cumsum(jumps[here[1:] & here[:-1]])])
        firsts = np.flatnonzero(np.diff(piece, prepend=-1))
        ends = np.append(firsts[1:], len(frames)) - 1
        lasts = (times[frames[ends]] - times[frames[firsts]])[piece]
        short = (lasts <= _LONGEST) & (lasts < lasts.max())
        wrong[frames] = short & ~_fits(times[frames], ball[frames], ~short)
    return wrong


def _fits(times: np.ndarray, ball: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Mask of the balls that the kept ones around can reach."""
    right = np.flatnonzero(kept)
    after = np.searchsorted(right, np.arange(len(ball)))
    fits = np.ones(len(ball), bool)
    for near in (after - 1, after):
        there = (near >= 0) & (near < len(right))
        other = right[near.clip(0, len(right) - 1)]
        way = np.linalg.norm(ball - ball[other], axis=1)
        reach = _FASTEST * np.abs(times - times[other]) + _NOISE
        fits &= ~there | (way <= reach)
    return fits


def _jumps(times: np.ndarray, runs: np.ndarray, ball: np.ndarray) -> np.ndarray:
    """Mask of the known balls after which the next cannot be reached."""
    ways = np.linalg.norm(np.diff(ball, axis=0), axis=1)
    reach = _FASTEST * np.nan_to_num(np.diff(times)) + _NOISE
    return (ways > reach) & (np.diff(runs) == 0)
