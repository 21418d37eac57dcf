"""Possessions: who has the ball, and for how long."""

from typing import NamedTuple

import numpy as np

from convzoo.common.checks import check_above, check_number
from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.tracking.kept_columns import kept_columns
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
        player: Index of the player, in the first frame.
        first, last: Indices of its first and last frame.
        start_time, end_time: Times of these frames in seconds, see
            `frame_times`.
        run: The run of play, see `runs_of_play`.
        certainty: Mean probability that this player has the ball; NaN if
            unknown.
        identity: Number of the player, the same in all possessions of a run,
            see `kept_columns`: broadcast data may move a player to another
            index.
    """

    player: int
    first: int
    last: int
    start_time: float
    end_time: float
    run: int
    certainty: float
    identity: int


def possessions(
    found: FilledBall,
    shortest: float = 0.4,
    reach: float = 1.5,
    data_rate: float = 5.0,
) -> list[Possession]:
    """Find possessions, the maximal stretches with the same carrier.

    A possession lies in one run of play. Each of its frames lasts until the
    next, the last one as long as a frame usually does. Nobody has a ball that
    is further away from its most likely carrier than `reach`, and than the
    radius that holds the ball in half of the cases. Players are followed where
    columns do not keep them.

    Args:
        found: A `FilledBall`, whose `carrier` is -1 where nobody has the ball.
        shortest: Minimum duration in seconds. Shorter stretches are left out;
            they do not join those around them.
        reach: Distance in metres at which a player has the ball.
        data_rate: Frames per second of files without times.

    Returns:
        The possessions in the order of the frames.

    Raises:
        ValueError: If an argument is invalid.
    """
    check_number("shortest", shortest, 0)
    check_above("reach", reach, 0)
    check_above("data_rate", data_rate, 0)
    frames = len(found.tracking)
    if not frames:
        return []
    times = frame_times(found.tracking, 1 / data_rate)
    run = runs_of_play(found.tracking, 1 / data_rate)
    identity = _identities(found, times, run, reach)
    changes = (np.diff(identity) != 0) | (np.diff(run) != 0)
    first = np.concatenate([[0], np.flatnonzero(changes) + 1])
    last = np.append(first[1:], frames) - 1
    lasts = times[last] - times[first] + step_in_runs(times, run)
    means = np.add.reduceat(found.certainty, first) / (last - first + 1)
    # An unknown time is NaN, and lasts no time.
    kept = (identity[first] >= 0) & (lasts >= shortest - _ROUNDED)
    return [
        Possession(
            int(found.carrier[one]),
            int(one),
            int(end),
            float(times[one]),
            float(times[end]),
            int(run[one]),
            float(mean),
            int(identity[one]),
        )
        for one, end, mean in zip(
            first[kept], last[kept], means[kept], strict=True
        )
    ]


def _identities(
    found: FilledBall, times: np.ndarray, run: np.ndarray, reach: float
) -> np.ndarray:
    """Who has the ball `(frames,)`, -1 where it is too far from its carrier."""
    at = np.arange(len(found.carrier)), found.carrier
    away = np.linalg.norm(
        found.tracking.players[at] - found.tracking.ball, axis=1
    )
    near = away <= np.maximum(reach, np.nan_to_num(found.radius_50))
    player = kept_columns(found.tracking, times, run).player
    return np.where(near & (found.carrier >= 0), player[at], -1)
