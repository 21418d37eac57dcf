"""Passes: the ball goes from player to player."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.possessions import Possession, possessions


class Pass(NamedTuple):
    """The way of the ball from one player to another, of either team.

    Attributes:
        from_player, to_player: Indices of the players, in the frames `first`
            and `last`.
        start_time, end_time: Times in seconds of the last frame of the first
            player and of the first frame of the second.
        certainty: Mean probability of the carrier over the frames of both
            possessions; NaN if unknown.
        first, last: Indices of these frames.
    """

    from_player: int
    to_player: int
    start_time: float
    end_time: float
    certainty: float
    first: int
    last: int


def passes(
    found: FilledBall,
    shortest: float = 0.4,
    reach: float = 1.5,
    data_rate: float = 5.0,
) -> list[Pass]:
    """Find passes: two possessions in succession, of different players.

    Both lie in the same run of play. A ball that is lost to the other team is a
    pass too; `team` of the `Tracking` tells them apart.

    Args:
        found, shortest, reach, data_rate: As in `possessions`.

    Returns:
        The passes in the order of the frames.

    Raises:
        ValueError: If an argument is invalid.
    """
    return passes_between(found, possessions(found, shortest, reach, data_rate))


def passes_between(
    found: FilledBall, parts: Sequence[Possession]
) -> list[Pass]:
    """Find the passes between possessions, see `passes`.

    Args:
        found: The `FilledBall`.
        parts: Its possessions.
    """
    return [
        Pass(
            int(found.carrier[one.last]),
            other.player,
            one.end_time,
            other.start_time,
            _mean_certainty(one, other),
            one.last,
            other.first,
        )
        for one, other in pairwise(parts)
        if one.run == other.run and one.identity != other.identity
    ]


def _mean_certainty(*parts: Possession) -> float:
    frames = [part.last - part.first + 1 for part in parts]
    total = sum(
        count * part.certainty
        for count, part in zip(frames, parts, strict=True)
    )
    return total / sum(frames)
