"""Files of ball positions. No Keras."""

import csv
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convzoo.common.output_file import check_target, renamed
from convzoo.common.types import PathLike

if TYPE_CHECKING:
    from convzoo.training.football.filled_ball import FilledBall

# Suffixes of the files that `write_ball` writes.
TABLES = (".csv",)
_COLUMNS = (
    "frame",
    "x",
    "y",
    "radius_50",
    "radius_90",
    "carrier",
    "team_1",
    "source",
    "carrier_name",
    "team_name",
    "period",
    "time",
)


def write_ball(
    found: "FilledBall", path: PathLike, overwrite: bool = False
) -> None:
    """Write ball positions to a CSV file, with a row per frame.

    `frame`, `period` and `time` are the number of the frame, its period and its
    time in seconds, as in the source file; `x`, `y` and the radii are in
    metres; `carrier` is the index of a player, `carrier_name` and `team_name`
    are the player's name and team, see `Tracking`; `team_1` is a probability;
    `source` is `data`, `model` or `none`. Unknown values are empty.

    Args:
        found: A `FilledBall`.
        path: Path of the file.
        overwrite: Whether to replace an existing file.

    Raises:
        ValueError: If the file exists, or cannot be written.
    """
    check_target(path, TABLES, overwrite)
    with (
        renamed(path) as temporary,
        open(temporary, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(_rows(found))


def _rows(found: "FilledBall") -> Iterator[tuple[Any, ...]]:
    tracking = found.tracking
    clock = tracking.clock
    for frame, (x, y) in enumerate(tracking.ball):
        source = "model" if found.filled[frame] else "data"
        carrier = found.carrier[frame]
        yield (
            tracking.number[frame],
            *map(_text, (x, y)),
            _text(found.radius_50[frame]),
            _text(found.radius_90[frame]),
            _index(carrier),
            _text(found.team[frame]),
            "none" if math.isnan(x) else source,
            "" if carrier < 0 else tracking.name_of(frame, carrier),
            "" if carrier < 0 else tracking.team_of(frame, carrier),
            _index(tracking.period[frame]),
            _text(clock[frame]),
        )


def _index(number: int) -> str:
    return "" if number < 0 else str(number)


def _text(number: float) -> str:
    return "" if math.isnan(number) else f"{number:.3f}"
