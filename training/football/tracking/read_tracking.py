"""Reader of tracking data."""

import csv
from pathlib import Path

from convzoo.common.regular_file import regular_size
from convzoo.common.types import PathLike
from convzoo.training.football.tracking.named_warnings import named_warnings
from convzoo.training.football.tracking.provider_files import provider_files
from convzoo.training.football.tracking.read_csv_tracking import (
    read_csv_tracking,
)
from convzoo.training.football.tracking.read_npz_tracking import (
    read_npz_tracking,
)
from convzoo.training.football.tracking.read_provider import (
    PROVIDERS,
    read_provider,
)
from convzoo.training.football.tracking.tfds_tracking import tfds_tracking
from convzoo.training.football.tracking.timed_velocities import (
    with_timed_velocities,
)
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.football.tracking.with_past import with_past
from convzoo.training.tfds_source import PREFIX

_READERS = {".npz": read_npz_tracking, ".csv": read_csv_tracking}
# Size of a file in bytes. A game of 25 frames per second has 140 MB as a .csv
# file, which takes ten times its size to read.
_LARGEST = {".npz": 2**31, ".csv": 2**29}


def read_tracking(
    path: PathLike, pitch: tuple[float, float] = (105.0, 68.0)
) -> Tracking:
    """Read tracking data from a file, a provider's files or a dataset.

    - `.npz`: Arrays `players` and `team`, and optionally `velocities`, `ball`,
      `time`, `number`, `period`, `carrier`, `names`, `who` and `team_names`, as
      in `Tracking`; `split`, 1 for the test set; and `lineup` or `minute` as
      the group. Names are text, not objects: `numpy.array(names, str)`.
    - `.csv` with a row per player and frame: Columns `frame`, an integer,
      `team`, `player`, `x`, `y`, and optionally `vx` and `vy`. Rows of the team
      `ball` are positions of the ball; those of `referee` are left out.
    - `.csv` with a row per frame: Columns `frame`, `TEAM_PLAYER_x`,
      `TEAM_PLAYER_y`, and optionally `TEAM_PLAYER_vx`, `TEAM_PLAYER_vy`,
      `ball_x` and `ball_y`. See `columns_of` for other spellings.
    - `PROVIDER:FILE,FILE`, such as `skillcorner:match.json,tracking.jsonl`: See
      `read_provider`, which scales to the pitch.
    - `tfds:metrica`, or another dataset for `tfds_tracking`.

    A `.csv` file may have a column `time`, in seconds, and a column `period`, a
    number from 0 to 99; frame numbers and times may start again in each period.
    Columns, or `team` and `player`, name the players. Empty cells, and such as
    `NA` or `null`, are unknown values. The first team is team 0. Positions are
    in metres from the centre spot. Without velocities, those of files with
    times follow from the positions, see `with_timed_velocities`. A `.csv` file
    has at most 512 MiB, an `.npz` file 2 GiB, and both 200 players.

    Args:
        path: Path of the file, or another name from above.
        pitch: Length and width of the pitch, in metres.

    Raises:
        ValueError: If the data cannot be read, lack a column, or have another
            unit. The message names the file.
    """
    with named_warnings(path):
        if str(path).startswith(PREFIX):
            return tfds_tracking(str(path).removeprefix(PREFIX), pitch)
        provider, files = provider_files(path)
        if provider:
            return _read_provider(provider, files, pitch)
        return _read_file(Path(path), pitch)


def _read_file(path: Path, pitch: tuple[float, float]) -> Tracking:
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise ValueError(f"{path}: tracking data must be an .npz or .csv file")
    try:
        _check_size(regular_size(path), _LARGEST[suffix])
        arrays = _READERS[suffix](path)
        return with_timed_velocities(Tracking(**arrays, pitch=pitch))
    # A damaged file may raise any exception.
    except Exception as error:
        raise ValueError(f"{path}: {_reason(error)}") from error


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        raise ValueError(
            f"has {size / 2**30:.1f} GiB; at most {largest / 2**30:g} GiB are "
            "read"
        )


def _read_provider(
    provider: str, files: list[str], pitch: tuple[float, float]
) -> Tracking:
    name = f"{provider}:{','.join(files)}"
    if provider not in PROVIDERS:
        raise ValueError(
            f"{name}: does not exist, and is of no known provider; these are "
            f"{', '.join(PROVIDERS)}"
        )
    wanted = PROVIDERS[provider]
    more = provider == "signality" and len(files) > len(wanted)
    if len(files) != len(wanted) and not more:
        raise ValueError(
            f"{name}: needs {len(wanted)} files, with commas between: "
            f"{provider}:{','.join(wanted)}"
        )
    return read_provider(provider, files, pitch)


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
    if isinstance(error, UnicodeDecodeError):
        name, byte = error.encoding.upper(), error.object[error.start]
        return f"is no {name} text (byte 0x{byte:02x}); save it as CSV in UTF-8"
    if type(error) in (ValueError, csv.Error):
        return str(error)
    return f"cannot be read ({type(error).__name__}: {error})"
