"""Files of tracking data as `Tracking`."""

import csv
import re
from pathlib import Path

import numpy as np

from convzoo.training.read_provider import read_provider
from convzoo.training.tfds_source import PREFIX
from convzoo.training.tfds_tracking import tfds_tracking
from convzoo.training.tracking import Tracking

_BALL = "ball"
_AXES = ("x", "y", "vx", "vy")
# A drive of Windows has one letter.
_PROVIDER = re.compile(r"(?P<provider>[a-z]{2,}):(?P<paths>.+)", re.DOTALL)
_WIDE = re.compile(r"(?P<who>.+)_(?P<axis>x|y|vx|vy)")
# What an `.npz` file must and may have, as `Tracking` calls it.
_NEEDED = ("players", "team")
_KNOWN = ("velocities", "ball", "time")
_GROUPS = ("lineup", "minute")


def read_tracking(path, pitch=(105.0, 68.0)):
    """The frames of a file, or of a provider's files.

    - `.npz`: arrays `players`, `team` and, where known, `velocities` and `ball`
      as in `Tracking`, and so for `time`; `split`, 1 for the test; `lineup` or
      `minute`, which frames stay together.
    - `.csv` with a row for each player and frame: `frame`, `team`, `player`,
      `x`, `y` and, where known, `vx` and `vy`. Rows of the team `ball` are the
      ball's.
    - `.csv` with a row for each frame: `frame`, `TEAM_PLAYER_x`,
      `TEAM_PLAYER_y`, and so on with `vx` and `vy`; `ball_x` and `ball_y`.
    - `PROVIDER:FILE,FILE`, such as `skillcorner:match.json,tracking.jsonl`: see
      `read_provider`, which scales to the pitch.
    - `tfds:metrica`, or another dataset that `tfds_tracking` takes.

    A `.csv` may have a column `time`, in seconds. Empty cells are not known.
    The team that comes first is 0. Positions are metres from the centre spot.

    Args:
        path: of the file, or what else is named above.
        pitch: its length and width, in metres.

    Raises:
        ValueError: the file cannot be read, lacks a column, or has another
            unit; it is named.
    """
    if str(path).startswith(PREFIX):
        return tfds_tracking(str(path).removeprefix(PREFIX), tuple(pitch))
    of_provider = _PROVIDER.fullmatch(str(path))
    path = Path(path)
    if of_provider and not path.exists():
        paths = of_provider["paths"].split(",")
        return read_provider(of_provider["provider"], paths, tuple(pitch))
    readers = {".npz": _read_npz, ".csv": _read_csv}
    if path.suffix.lower() not in readers:
        raise ValueError(f"{path}: tracking data must be an .npz or .csv file")
    try:
        arrays = readers[path.suffix.lower()](path)
        return Tracking(**arrays, pitch=tuple(pitch))
    except (OSError, KeyError, ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {_reason(error)}") from error


def _reason(error):
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read ({error.strerror})"
    return str(error)


def _read_npz(path):
    with open(path, "rb") as file, np.load(file) as stored:
        missing = [name for name in _NEEDED if name not in stored.files]
        if missing:
            raise ValueError(f"has no array called {missing[0]!r}")
        names = [name for name in _KNOWN if name in stored.files]
        arrays = {name: stored[name] for name in (*_NEEDED, *names)}
        if "split" in stored.files:
            arrays["test"] = stored["split"] == 1
        for name in _GROUPS:
            if name in stored.files:
                arrays["group"] = stored[name]
    return arrays


def _read_csv(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        names = reader.fieldnames or []
        rows = list(reader)
    if "frame" not in names:
        raise ValueError(
            f"has no column called 'frame'; there are: {', '.join(names)}"
        )
    if not rows:
        raise ValueError("has no frames")
    times = {row["frame"]: row.get("time") or np.nan for row in rows}
    if {"team", "player", "x", "y"} <= set(names):
        return _packed(_of_long(rows), times)
    if any(_WIDE.fullmatch(name) for name in names):
        return _packed(_of_wide(rows, names), times)
    raise ValueError(
        "needs the columns 'team', 'player', 'x' and 'y', or ones such as "
        f"'home_1_x' and 'home_1_y'. There are: {', '.join(names)}"
    )


def _of_long(rows):
    """Frame, team, player, axis and number of each cell."""
    for row in rows:
        for axis in _AXES:
            if row.get(axis):
                yield row["frame"], row["team"], row["player"], axis, row[axis]


def _of_wide(rows, names):
    columns = [(name, _WIDE.fullmatch(name)) for name in names]
    for row in rows:
        for name, match in columns:
            if match and row[name]:
                team, _, player = match["who"].partition("_")
                yield row["frame"], team, player, match["axis"], row[name]


def _packed(cells, times):
    """Arrays of numbers that came one by one, and the times of frames."""
    frames, players, teams, numbers = {}, {}, {}, []
    for frame, team, player, axis, text in cells:
        who = _BALL if team.lower() == _BALL else (team, player)
        if who != _BALL:
            teams.setdefault(team, len(teams))
            players.setdefault(who, len(players))
        index = frames.setdefault(frame, len(frames))
        numbers.append((index, who, _AXES.index(axis), float(text)))
    if len(teams) > 2:
        raise ValueError(f"has more than two teams: {', '.join(teams)}")
    state = np.full((len(frames), len(players), 4), np.nan, "float32")
    ball = np.full((len(frames), 4), np.nan, "float32")
    for index, who, axis, number in numbers:
        if who == _BALL:
            ball[index, axis] = number
        else:
            state[index, players[who], axis] = number
    team = [teams[team] for team, _ in players]
    return {
        "players": state[:, :, :2],
        "velocities": state[:, :, 2:],
        "team": np.tile(np.array(team, "int8"), (len(frames), 1)),
        "ball": ball[:, :2],
        "time": [float(times[frame]) for frame in frames],
    }
