"""Passes: the ball goes from player to player."""

from itertools import pairwise
from typing import NamedTuple

from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.possessions import Possession, possessions


class Pass(NamedTuple):
    """The way of the ball from one player to another, of either team.

    Attributes:
        from_player, to_player: Indices of the players.
        start_time, end_time: Times in seconds of the last frame of the first
            player and of the first frame of the second.
        certainty: Mean probability of the carrier over the frames of both
            possessions; NaN if unknown.
    """

    from_player: int
    to_player: int
    start_time: float
    end_time: float
    certainty: float


def passes(
    found: FilledBall,
    shortest: float = 0.4,
    reach: float = 1.5,
) -> list[Pass]:
    """Find passes: two possessions in succession, of different players.

    Both lie in the same run of play. A ball that is lost to the other team is a
    pass too; `team` of the `Tracking` tells them apart.

    Args:
        found, shortest, reach: As in `possessions`.

    Returns:
        The passes in the order of the frames.

    Raises:
        ValueError: If an argument is invalid.
    """
    return [
        Pass(
            one.player,
            other.player,
            one.end_time,
            other.start_time,
            _mean_certainty(one, other),
        )
        for one, other in pairwise(possessions(found, shortest, reach))
        if one.run == other.run and one.player != other.player
    ]


def _mean_certainty(*parts: Possession) -> float:
    frames = [part.last - part.first + 1 for part in parts]
    total = sum(
        count * part.certainty
        for count, part in zip(frames, parts, strict=True)
    )
    return total / sum(frames)
