"""Reader of tracking data in CSV files."""

import csv
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

_BALL = "ball"
_AXES = ("x", "y", "vx", "vy")
_LONG = {"team", "player", "x", "y"}
# Frame, team, player, axis and text of a cell.
_Cell = tuple[str, str, str, str, str]
_Row = dict[str, str]
_WIDE = re.compile(r"(?P<who>.+)_(?P<axis>x|y|vx|vy)")


def read_csv_tracking(path: Path) -> dict[str, Any]:
    """Read a CSV file as arguments of `Tracking`.

    Args:
        path: Path of the file. See `read_tracking` for its columns.

    Raises:
        ValueError: If a column or a cell is invalid.
    """
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file, skipinitialspace=True)
        names = [name.strip() for name in reader.fieldnames or []]
        reader.fieldnames = names
        rows = list(reader)
    if not names:
        raise ValueError("is empty")
    if "frame" not in names:
        raise ValueError(
            f"has no column called 'frame'; there are: {', '.join(names)}"
        )
    if not rows:
        raise ValueError("has no frames")
    if set(names) >= _LONG:
        return _packed(_long_cells(rows), *_frames_and_times(rows))
    if any(_WIDE.fullmatch(name) for name in names):
        return _packed(_wide_cells(rows, names), *_frames_and_times(rows))
    raise ValueError(
        "needs the columns 'team', 'player', 'x' and 'y', or ones such as "
        f"'home_1_x' and 'home_1_y'. There are: {', '.join(names)}"
    )


def _frames_and_times(
    rows: Iterable[_Row],
) -> tuple[dict[str, int], list[float]]:
    """Numbers of the frames by their text, and their times in seconds."""
    frames: dict[str, int] = {}
    times: dict[str, float] = {}
    for row in rows:
        if row["frame"] not in frames:
            frames[row["frame"]] = _whole(row["frame"])
        if row.get("time"):
            seconds = _number(row["time"], row["frame"], "time")
            times.setdefault(row["frame"], seconds)
    return frames, [times.get(frame, np.nan) for frame in frames]


def _long_cells(rows: Iterable[_Row]) -> Iterator[_Cell]:
    """Yield the cells of a table with a row per player and frame."""
    for row in rows:
        if not row["team"]:
            raise ValueError(
                f"has a row without a team, of frame {row['frame']}"
            )
        for axis in _AXES:
            if row.get(axis):
                yield row["frame"], row["team"], row["player"], axis, row[axis]


def _wide_cells(rows: Iterable[_Row], names: Sequence[str]) -> Iterator[_Cell]:
    """Yield the cells of a table with a row per frame."""
    columns = [(name, _WIDE.fullmatch(name)) for name in names]
    for row in rows:
        for name, match in columns:
            if match and row[name]:
                team, _, player = match["who"].partition("_")
                yield row["frame"], team, player, match["axis"], row[name]


def _packed(
    cells: Iterable[_Cell], frames: dict[str, int], times: list[float]
) -> dict[str, Any]:
    """Collect cells in arrays, the arguments of `Tracking`."""
    indices = {frame: index for index, frame in enumerate(frames)}
    players: dict[tuple[str, str], int] = {}
    teams: dict[str, int] = {}
    # Keys are the frame, the player (None for the ball) and the axis.
    numbers: dict[tuple[int, tuple[str, str] | None, int], float] = {}
    for frame, team, player, axis, text in cells:
        who = None if team.lower() == _BALL else (team, player)
        if who is not None:
            teams.setdefault(team, len(teams))
            players.setdefault(who, len(players))
        place = indices[frame], who, _AXES.index(axis)
        number = _number(text, frame, axis)
        known = numbers.setdefault(place, number)
        if known != number and not np.isnan(known):
            raise ValueError(
                f"has two rows of frame {frame} for "
                f"{' '.join(who) if who else _BALL} that differ"
            )
    if not players:
        raise ValueError("has no position of a player")
    _check_teams(teams)
    state = np.full((len(frames), len(players), 4), np.nan, "float32")
    ball = np.full((len(frames), 4), np.nan, "float32")
    for (index, who, column), number in numbers.items():
        if who is None:
            ball[index, column] = number
        else:
            state[index, players[who], column] = number
    sides = [teams[team] for team, _ in players]
    return {
        "players": state[:, :, :2],
        "velocities": state[:, :, 2:],
        "team": np.tile(np.array(sides, "int8"), (len(frames), 1)),
        "ball": ball[:, :2],
        "time": times,
        "number": list(frames.values()),
    }


def _check_teams(teams: dict[str, int]) -> None:
    if len(teams) > 2:
        raise ValueError(f"has more than two teams: {', '.join(teams)}")
    if len(teams) == 1:
        warnings.warn(
            f"all players are of one team, {next(iter(teams))!r}", stacklevel=5
        )


def _number(text: str, frame: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(
            f"`{name}` in frame {frame} must be a number. Received: {text!r}"
        ) from error


def _whole(frame: str) -> int:
    number = _number(frame, frame, "frame")
    if not number.is_integer():
        raise ValueError(f"`frame` must be a whole number. Received: {frame!r}")
    return int(number)
