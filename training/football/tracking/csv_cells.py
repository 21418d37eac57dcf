"""Cells of a CSV file, collected in arrays."""

import warnings
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from convzoo.training.football.tracking.csv_columns import AXES, BALL, Who
from convzoo.training.football.tracking.csv_numbers import (
    is_unknown,
    number,
    short,
    whole_number,
)
from convzoo.training.football.tracking.tracking import MOST_PLAYERS

# A row, and who, axis and text of its cells.
RowCells = tuple[list[str], list[tuple[Who, int, str]]]


class CSVCells:
    """Cells by frame, player and axis.

    Args:
        frame, time, period: Indices of these columns; `time` and `period` may
            be None.
    """

    def __init__(
        self, frame: int, time: int | None, period: int | None
    ) -> None:
        self._frame, self._time, self._period = frame, time, period
        # Indices of the frames by their texts and by their numbers: period and
        # frame.
        self._texts: dict[tuple[str, str], int] = {}
        self._numbers: dict[tuple[int, int], int] = {}
        self._times: dict[int, float] = {}
        # Columns by team and player in lower case; that of the ball is 0.
        self._people: dict[tuple[str, str], int] = {}
        self._names: list[str] = []
        self._sides: list[int] = []
        self._teams: dict[str, str] = {}
        self._cells = array("q")
        self._values = array("d")

    def expect(self, people: Iterable[Who]) -> None:
        """Give columns to players, in this order."""
        for who in people:
            self._column(who)

    def packed(self, rows: Iterable[RowCells]) -> dict[str, Any]:
        """Read the rows, and return the arguments of `Tracking`."""
        for row, cells in rows:
            text = row[self._frame]
            period = "" if self._period is None else row[self._period]
            frame = self._index(period, text)
            if self._time is not None and not is_unknown(row[self._time]):
                seconds = number(row[self._time], text, "time")
                self._times.setdefault(frame, seconds)
            for who, axis, cell in cells:
                if cell and not cell.isspace():
                    self._add(frame, who, axis, number(cell, text, AXES[axis]))
        return self._arrays()

    def _index(self, period: str, text: str) -> int:
        index = self._texts.get((period, text))
        if index is None:
            half = -1 if is_unknown(period) else whole_number(period, "period")
            key = half, whole_number(text)
            index = self._numbers.setdefault(key, len(self._numbers))
            self._texts[period, text] = index
        return index

    def _column(self, who: Who) -> int:
        if who is None:
            return 0
        team, player = who
        key = team.lower(), player.lower()
        column = self._people.get(key)
        if column is None:
            self._teams.setdefault(team.lower(), team)
            column = self._people[key] = len(self._people) + 1
            self._names.append(_tidy(player) or team)
            self._sides.append([*self._teams].index(team.lower()))
            if column > MOST_PLAYERS:
                raise ValueError(f"has more than {MOST_PLAYERS} players")
        return column

    def _add(self, frame: int, who: Who, axis: int, value: float) -> None:
        column = self._column(who)
        place = (frame * (MOST_PLAYERS + 1) + column) * len(AXES) + axis
        self._cells.append(place)
        self._values.append(value)

    def _arrays(self) -> dict[str, Any]:
        if not self._numbers:
            raise ValueError("has no frames")
        state = self._state()
        if np.isnan(state[:, 1:, :2]).all():
            raise ValueError("has no position of a player")
        self._check_teams()
        frames = len(state)
        return {
            "players": state[:, 1:, :2],
            "velocities": state[:, 1:, 2:],
            "team": np.tile(np.array(self._sides, "int8"), (frames, 1)),
            "ball": state[:, 0, :2],
            "time": [self._times.get(i, np.nan) for i in range(frames)],
            "number": [frame for _, frame in self._numbers],
            "period": [period for period, _ in self._numbers],
            "names": self._names,
            "team_names": ([*self._teams.values()] + [""])[:2],
        }

    def _state(self) -> np.ndarray:
        """Numbers `(frames, 1 + n, 4)`, the ball first."""
        places = np.array(self._cells, "int64")
        values = np.array(self._values, "float64")
        # A number and an unknown value do not differ.
        places, values = places[~np.isnan(values)], values[~np.isnan(values)]
        order = np.argsort(places, kind="stable")
        places, values = places[order], values[order]
        differ = (np.diff(places) == 0) & (np.diff(values) != 0)
        if differ.any():
            self._refuse_repeated(int(places[1:][differ][0]))
        shape = len(self._numbers), MOST_PLAYERS + 1, len(AXES)
        state = np.full((shape[0], len(self._people) + 1, 4), np.nan)
        state[np.unravel_index(places, shape)] = values
        return state

    def _refuse_repeated(self, place: int) -> None:
        index, rest = divmod(place, (MOST_PLAYERS + 1) * len(AXES))
        column = rest // len(AXES)
        who = " ".join([*self._people][column - 1]) if column else BALL
        period, frame = [*self._numbers][index]
        when = f"frame {frame}" + f" of period {period}" * (period >= 0)
        hint = "; numbers that start again need a column 'period'"
        raise ValueError(
            f"has two rows of {when} for {who} that differ"
            f"{hint if self._period is None else ''}"
        )

    def _check_teams(self) -> None:
        teams = [*self._teams.values()]
        if len(teams) > 2:
            raise ValueError(f"has more than two teams: {listed(teams)}")
        if len(teams) == 1:
            warnings.warn(
                f"all players are of one team, {teams[0]!r}", stacklevel=5
            )


def _tidy(player: str) -> str:
    """A shirt number as a whole number: pandas writes 7.0 beside a gap."""
    whole = player.removesuffix(".0")
    return whole if whole.isdecimal() else player


def listed(names: Sequence[str]) -> str:
    """The first names, with commas between."""
    more = ", ..." if len(names) > 50 else ""
    return ", ".join(short(name) for name in names[:50]) + more
