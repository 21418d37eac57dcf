"""Files of ball positions. No Keras."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convzoo.common.types import PathLike
from convzoo.training.football.write_table import number_cell, write_table

if TYPE_CHECKING:
    from convzoo.training.football.filled_ball import FilledBall

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
    write_table(path, _COLUMNS, _rows(found), overwrite)


def _rows(found: "FilledBall") -> Iterator[tuple[Any, ...]]:
    tracking = found.tracking
    clock = tracking.clock
    for frame, (x, y) in enumerate(tracking.ball):
        source = "model" if found.filled[frame] else "data"
        carrier = found.carrier[frame]
        yield (
            tracking.number[frame],
            *map(number_cell, (x, y)),
            number_cell(found.radius_50[frame]),
            number_cell(found.radius_90[frame]),
            _index(carrier),
            number_cell(found.team[frame]),
            "none" if math.isnan(x) else source,
            "" if carrier < 0 else tracking.name_of(frame, carrier),
            "" if carrier < 0 else tracking.team_of(frame, carrier),
            _index(tracking.period[frame]),
            number_cell(clock[frame]),
        )


def _index(number: int) -> str:
    return "" if number < 0 else str(number)
