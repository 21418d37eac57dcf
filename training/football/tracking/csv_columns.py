"""Meaning of the columns of CSV files with a row per frame."""

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from convzoo.training.football.tracking.tracking import MOST_PLAYERS

AXES = ("x", "y", "vx", "vy")
BALL = "ball"
_REFEREES = ("referee", "referees", "ref", "official", "officials")
_BETWEEN = " _.-"
_SEPARATORS = rf"[{re.escape(_BETWEEN)}]+"
_COLUMN = re.compile(
    rf"(?P<who>.+?){_SEPARATORS}(?P<axis>x|y|vx|vy)", re.IGNORECASE
)
# A name that ends with a number, such as home7.
_NUMBERED = re.compile(r"(.*[^0-9])([0-9]+)")
# What a column is about: None for the ball, or a team and a player.
Who = tuple[str, str] | None


class Column(NamedTuple):
    """A column of coordinates.

    Attributes:
        at: Index of the column.
        who: Team and player, or None for the ball.
        axis: Index in `AXES`.
    """

    at: int
    who: Who
    axis: int


def columns_of(names: Sequence[str]) -> list[Column]:
    """Find the columns of coordinates by their names, TEAM_PLAYER_AXIS.

    Separators are underscores, spaces, dots and hyphens. The team is the
    longest prefix that leaves a player and an axis; a shorter one, if that
    makes two teams of more. Columns of referees, and columns without an axis,
    are left out.

    Raises:
        ValueError: If two columns mean the same, or one axis is missing.
    """
    found: dict[tuple[str, ...], dict[int, int]] = {}
    spelt: dict[tuple[str, ...], str] = {}
    for index, name in enumerate(names):
        match = _COLUMN.fullmatch(name)
        if match is None:
            continue
        tokens = tuple(_tokens(match["who"].lower()))
        if is_referee(*(tokens[:-1] or tokens)):
            continue
        who = tokens if tokens[0] != BALL else (BALL,)
        axes = found.setdefault(who, {})
        spelt.setdefault(who, match["who"])
        # The ball is not a player.
        if len(found) > MOST_PLAYERS + 1:
            raise ValueError(f"has more than {MOST_PLAYERS} players")
        axis = AXES.index(match["axis"].lower())
        if axis in axes:
            raise ValueError(
                f"has two columns for one: {names[axes[axis]]!r} and {name!r}"
            )
        axes[axis] = index
    for who, axes in found.items():
        _check_axes(axes, spelt[who])
    people = [who for who in found if who != (BALL,)]
    known: dict[tuple[str, ...], Who] = {}
    teams: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for who, size in zip(people, _team_sizes(people), strict=True):
        teams.setdefault(who[:size], []).append(who)
    for prefix, members in teams.items():
        size = _shared(prefix, members)
        team, _ = _spelt(spelt[members[0]], size)
        for who in members:
            known[who] = team, _spelt(spelt[who], size)[1]
    return [
        Column(index, known.get(who), axis)
        for who, axes in found.items()
        for axis, index in axes.items()
    ]


def is_referee(*words: str) -> bool:
    """Whether one of these words, in lower case, is a referee's."""
    return any(word in _REFEREES for word in words)


def _tokens(who: str) -> list[str]:
    """Parts of a name: fc_red_1 -> fc, red, 1."""
    tokens = [token for token in re.split(_SEPARATORS, who) if token]
    if len(tokens) == 1:
        numbered = _NUMBERED.fullmatch(tokens[0])
        return [*numbered.groups()] if numbered else tokens
    return tokens or [who]


def _team_sizes(people: Sequence[tuple[str, ...]]) -> list[int]:
    """Number of parts of each name that are the team."""
    longest = [max(len(who) - 1, 1) for who in people]
    if len(_teams(people, longest)) <= 2:
        return longest
    for size in range(max(longest) - 1, 0, -1):
        shorter = [size] * len(people)
        if size <= min(longest) and len(_teams(people, shorter)) == 2:
            return shorter
    return longest


def _teams(
    people: Sequence[tuple[str, ...]], sizes: Sequence[int]
) -> set[tuple[str, ...]]:
    return {who[:size] for who, size in zip(people, sizes, strict=True)}


def _shared(prefix: tuple[str, ...], members: Sequence[tuple[str, ...]]) -> int:
    """Number of parts that all members of a team begin with."""
    if len(members) == 1:
        return len(prefix)
    shared = len(os.path.commonprefix(members))
    return max(len(prefix), min(shared, *(len(who) - 1 for who in members)))


def _spelt(who: str, size: int) -> tuple[str, str]:
    """Team and player as the file spells them."""
    player = who
    for token in _tokens(who)[:size]:
        player = player[player.index(token) + len(token) :]
    team = who.removesuffix(player)
    return team.strip(_BETWEEN), player.strip(_BETWEEN)


def _check_axes(axes: dict[int, int], who: str) -> None:
    """Raise a `ValueError` if one of x and y is missing."""
    for one, other in ((0, 1), (1, 0), (2, 3), (3, 2), (2, 0)):
        if one in axes and other not in axes:
            raise ValueError(
                f"has a column for {AXES[one]} of {who!r}, and none for "
                f"{AXES[other]}"
            )
