"""Columns of players who keep them, for files whose columns do not."""

from typing import NamedTuple

import numpy as np

from convzoo.training.football.tracking.matched_players import (
    columns_going_on,
    matched_players,
)
from convzoo.training.football.tracking.tracking import Tracking


class KeptColumns(NamedTuple):
    """Columns in another order, in which players keep theirs.

    Attributes:
        order: Columns `(frames, n)` of the file, a permutation of each frame.
        player: Numbers `(frames, n)` of the players in the columns of the file.
            Within a run of play, a number is one player. Without a change, it
            is the column.
    """

    order: np.ndarray
    player: np.ndarray

    def kept(self, values: np.ndarray) -> np.ndarray:
        """Values `(frames, n, ...)` of the file's columns, in kept columns."""
        rows = np.expand_dims(np.arange(len(values)), 1)
        return values[rows, self.order]

    def given(self, values: np.ndarray) -> np.ndarray:
        """The reverse of `kept`."""
        found = np.empty_like(values)
        found[np.expand_dims(np.arange(len(values)), 1), self.order] = values
        return found


def kept_columns(
    tracking: Tracking, times: np.ndarray, runs: np.ndarray
) -> KeptColumns:
    """Find columns in which players stay, within runs of play.

    Columns of a file with `names` are believed: `Tracking.who` tells the
    player. Others are believed from frame to frame, unless a column shows that
    it has changed players: its next player is of the other team, or further
    away than `13 m/s * seconds + 1.5 m`. In such a step, all players are
    matched anew, by `matched_players`; those without a match are new.

    Args:
        tracking: A `Tracking`.
        times, runs: Times `(frames,)` in seconds and runs of play `(frames,)`.
    """
    shape = frames, count = tracking.team.shape
    columns = np.arange(count)
    if tracking.names:
        unknown = tracking.who < 0
        return KeptColumns(
            np.broadcast_to(columns, shape),
            np.where(unknown, len(tracking.names) + columns, tracking.who),
        )
    steps = np.flatnonzero(np.diff(runs) == 0)
    seconds = times[steps + 1] - times[steps]
    seen, go_on = columns_going_on(tracking, steps, seconds)
    changed = (seen & ~go_on).any(axis=1)
    steps, seconds = steps[changed], seconds[changed]
    order, player = np.empty((2, *shape), "int32")
    start, here, who = 0, columns, columns
    links = matched_players(tracking, steps, seconds)
    for number, (step, link) in enumerate(zip(steps, links, strict=True), 1):
        order[start : step + 1], player[start : step + 1] = here, who
        start, there = step + 1, link >= 0
        fresh = number * count + columns
        fresh[link[there]] = who[there]
        who = fresh
        # Whoever has no match leaves a free column to somebody else.
        free = np.ones(count, bool)
        free[link[there]] = False
        link[~there] = columns[free]
        here = link[here]
    order[start:], player[start:] = here, who
    return KeptColumns(order, player)
