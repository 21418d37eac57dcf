"""Runs of play at the rate of a model that follows the ball."""

from typing import NamedTuple

import numpy as np

from convzoo.training.football.tracking.runs_of_play import run_slices


class MotionGrid(NamedTuple):
    """Evenly spaced moments of runs of play, one run after the other.

    Attributes:
        frames: Indices `(moments,)` of the frames; -1 where a moment has none.
        times: Times `(moments,)` in seconds: those of the frames.
        runs: Runs `(moments,)`.
    """

    frames: np.ndarray
    times: np.ndarray
    runs: np.ndarray

    @property
    def stretches(self) -> list[slice]:
        """The moments of each run."""
        return run_slices(self.runs)


def motion_grid(
    times: np.ndarray,
    runs: np.ndarray,
    frame_rate: float,
    preferred: np.ndarray,
) -> MotionGrid:
    """Choose a frame for each moment of runs of play.

    The moments of a run are `1 / frame_rate` seconds apart, from its first
    frame on. Of the frames that are nearer to a moment than to others, a
    preferred one is chosen, if there is one, and the nearest.

    Args:
        times: Times `(frames,)` in seconds, increasing within runs.
        runs: Runs `(frames,)`, see `runs_of_play`.
        frame_rate: Frames per second.
        preferred: Mask `(frames,)`.
    """
    first = np.flatnonzero(np.diff(runs, prepend=-1))
    which = np.cumsum(np.diff(runs, prepend=-1) != 0) - 1
    # A frame of unknown time is a run of its own.
    since = np.nan_to_num(times - times[first][which])
    place = since * frame_rate
    step = np.floor(place + 0.5).astype(int)
    last = np.append(first[1:], len(runs)) - 1
    counts = step[last] + 1
    begins = np.concatenate([[0], np.cumsum(counts)])
    moment = begins[which] + step
    order = np.lexsort((np.abs(place - step), ~preferred, moment))
    chosen = order[np.diff(moment[order], prepend=-1) != 0]
    frames = np.full(begins[-1], -1)
    frames[moment[chosen]] = chosen
    of_run = np.repeat(np.arange(len(first)), counts)
    nominal = (np.arange(len(frames)) - begins[of_run]) / frame_rate
    return MotionGrid(
        frames,
        np.where(frames >= 0, times[frames], times[first][of_run] + nominal),
        runs[first][of_run],
    )
