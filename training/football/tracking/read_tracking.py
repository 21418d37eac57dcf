"""Reader of tracking data."""

import csv
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from convzoo.common.types import PathLike
from convzoo.training.football.tracking.read_csv_tracking import (
    read_csv_tracking,
)
from convzoo.training.football.tracking.read_provider import read_provider
from convzoo.training.football.tracking.tfds_tracking import tfds_tracking
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.football.tracking.with_past import with_past
from convzoo.training.tfds_source import PREFIX

_UNREADABLE = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    UnicodeDecodeError,
    csv.Error,
    zipfile.BadZipFile,
    zlib.error,
)
# Two letters or more: a single letter is a Windows drive.
_PROVIDER = re.compile(r"(?P<provider>[a-z]{2,}):(?P<paths>.+)", re.DOTALL)
# Required and optional arrays of an `.npz` file.
_NEEDED = ("players", "team")
_KNOWN = ("velocities", "ball", "time", "number")
_GROUPS = ("lineup", "minute")


def read_tracking(
    path: PathLike, pitch: tuple[float, float] = (105.0, 68.0)
) -> Tracking:
    """Read tracking data from a file, a provider's files or a dataset.

    - `.npz`: Arrays `players` and `team`, and optionally `velocities`, `ball`,
      `time` and `number`, as in `Tracking`; `split`, 1 for the test set; and
      `lineup` or `minute` as the group.
    - `.csv` with a row per player and frame: Columns `frame`, an integer,
      `team`, `player`, `x`, `y`, and optionally `vx` and `vy`. Rows of the team
      `ball` are positions of the ball.
    - `.csv` with a row per frame: Columns `frame`, `TEAM_PLAYER_x`,
      `TEAM_PLAYER_y`, and optionally `TEAM_PLAYER_vx`, `TEAM_PLAYER_vy`,
      `ball_x` and `ball_y`.
    - `PROVIDER:FILE,FILE`, such as `skillcorner:match.json,tracking.jsonl`: See
      `read_provider`, which scales to the pitch.
    - `tfds:metrica`, or another dataset for `tfds_tracking`.

    A `.csv` file may have a column `time`, in seconds. Empty cells are unknown
    values. The first team is team 0. Positions are in metres from the centre
    spot.

    Args:
        path: Path of the file, or another name from above.
        pitch: Length and width of the pitch, in metres.

    Raises:
        ValueError: If the data cannot be read, lack a column, or have another
            unit. The message names the file.
    """
    if str(path).startswith(PREFIX):
        return tfds_tracking(str(path).removeprefix(PREFIX), pitch)
    of_provider = _PROVIDER.fullmatch(str(path))
    path = Path(path)
    if of_provider and not path.exists():
        paths = of_provider["paths"].split(",")
        return read_provider(of_provider["provider"], paths, pitch)
    readers = {".npz": _read_npz, ".csv": read_csv_tracking}
    if path.suffix.lower() not in readers:
        raise ValueError(f"{path}: tracking data must be an .npz or .csv file")
    try:
        arrays = readers[path.suffix.lower()](path)
        return Tracking(**arrays, pitch=pitch)
    except _UNREADABLE as error:
        raise ValueError(f"{path}: {_reason(error)}") from error


def read_with_past(
    path: PathLike,
    pitch: tuple[float, float],
    frames: int,
    frame_rate: float | None,
) -> Tracking:
    """Read tracking data, with past frames.

    Args:
        path, pitch: As in `read_tracking`.
        frames, frame_rate: As in `with_past`.

    Raises:
        ValueError: As in both functions. The message names the file.
    """
    tracking = read_tracking(path, pitch)
    try:
        return with_past(tracking, frames, frame_rate)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read ({error.strerror})"
    return str(error)


def _read_npz(path: Path) -> dict[str, Any]:
    if path.stat().st_size and not zipfile.is_zipfile(path):
        raise ValueError("is not an .npz file")
    with open(path, "rb") as file, np.load(file) as stored:
        missing = [name for name in _NEEDED if name not in stored.files]
        if missing:
            raise ValueError(f"has no array called {missing[0]!r}")
        names = [name for name in _KNOWN if name in stored.files]
        arrays = {name: stored[name] for name in (*_NEEDED, *names)}
        if "split" in stored.files:
            arrays["test"] = _is_test(stored["split"])
        for name in _GROUPS:
            if name in stored.files:
                arrays["group"] = stored[name]
    return arrays


def _is_test(split: np.ndarray) -> np.ndarray:
    if not np.isin(split, (0, 1)).all():
        raise ValueError(
            "`split` must be 0, or 1 for the test. "
            f"Received: {np.unique(split).tolist()[:3]}"
        )
    return split == 1
