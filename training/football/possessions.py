"""Possessions: who has the ball, and for how long."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.checks import check_number
from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.tracking.runs_of_play import (
    frame_times,
    runs_of_play,
    step_in_runs,
)

# Tolerance of durations in seconds, for rounded times.
_ROUNDED = 1e-3


class Possession(NamedTuple):
    """A stretch of frames in which a player has the ball.

    Attributes:
        player: Index of the player.
        first, last: Indices of its first and last frame.
        start_time, end_time: Times of these frames in seconds, see
            `frame_times`.
        run: The run of play, see `runs_of_play`.
        certainty: Mean probability that this player has the ball; NaN if
            unknown.
    """

    player: int
    first: int
    last: int
    start_time: float
    end_time: float
    run: int
    certainty: float


def possessions(
    found: FilledBall,
    certainty: ArrayLike | None = None,
    shortest: float = 0.4,
) -> list[Possession]:
    """Find possessions, the maximal stretches with the same carrier.

    A possession lies in one run of play. Each of its frames lasts until the
    next, the last one as long as a frame usually does. Columns must keep their
    players.

    Args:
        found: A `FilledBall`, whose `carrier` is -1 where nobody has the ball.
        certainty: Probabilities `(frames,)` of the carriers, or None.
        shortest: Minimum duration in seconds. Shorter stretches are left out;
            they do not join those around them.

    Returns:
        The possessions in the order of the frames.

    Raises:
        ValueError: If an argument is invalid.
    """
    check_number("shortest", shortest, 0)
    frames = len(found.tracking)
    certain = _checked(certainty, frames)
    if not frames:
        return []
    times, run = frame_times(found.tracking), runs_of_play(found.tracking)
    changes = (np.diff(found.carrier) != 0) | (np.diff(run) != 0)
    first = np.concatenate([[0], np.flatnonzero(changes) + 1])
    last = np.append(first[1:], frames) - 1
    lasts = times[last] - times[first] + step_in_runs(times, run)
    means = np.add.reduceat(certain, first) / (last - first + 1)
    # An unknown time is NaN, and lasts no time.
    kept = (found.carrier[first] >= 0) & (lasts >= shortest - _ROUNDED)
    return [
        Possession(
            int(found.carrier[one]),
            int(one),
            int(end),
            float(times[one]),
            float(times[end]),
            int(run[one]),
            float(mean),
        )
        for one, end, mean in zip(
            first[kept], last[kept], means[kept], strict=True
        )
    ]


def _checked(certainty: ArrayLike | None, frames: int) -> np.ndarray:
    if certainty is None:
        return np.full(frames, np.nan)
    array = np.asarray(certainty, "float64")
    if array.shape != (frames,):
        raise ValueError(
            f"`certainty` must have the shape ({frames},), one value a frame. "
            f"Received: certainty of shape {array.shape}"
        )
    return array
