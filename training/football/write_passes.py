"""Files of possessions and passes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from convzoo.common.types import PathLike
from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.passes import Pass, passes_between
from convzoo.training.football.possessions import Possession, possessions
from convzoo.training.football.write_table import number_cell, write_table

_COLUMNS = (
    "kind",
    "from",
    "to",
    "start_s",
    "end_s",
    "certainty",
    "from_name",
    "from_team",
    "to_name",
    "to_team",
    "period",
    "start_frame",
    "end_frame",
    "start_x_m",
    "start_y_m",
    "end_x_m",
    "end_y_m",
)


def write_passes(
    found: FilledBall,
    path: PathLike,
    overwrite: bool = False,
    data_rate: float = 5.0,
) -> tuple[int, int]:
    """Write possessions and passes to a CSV file, in the order of the frames.

    `kind` is `possession` or `pass`. `from` is the index of the player who has
    the ball, `to`, of a pass, of the player who gets it, in the frames
    `start_frame` and `end_frame`; `from_name`, `from_team`, `to_name` and
    `to_team` are their names and teams, see `Tracking`. The frames are numbered
    as in the source file. Times, in seconds, are those of the source file; the
    first frame of a file without times is at 0. `start_x_m` to `end_y_m` are
    the positions of the ball, in metres. `certainty` is a probability. Unknown
    values are empty.

    Args:
        found: A `FilledBall`.
        path: Path of the file.
        overwrite: Whether to replace an existing file.
        data_rate: Frames per second of files without times.

    Returns:
        The numbers of possessions and of passes.

    Raises:
        ValueError: If the file exists, or cannot be written.
    """
    parts = possessions(found, data_rate=data_rate)
    moves = passes_between(found, parts)
    events: list[Possession | Pass] = [*parts, *moves]
    # A possession of one frame comes before the pass that it begins.
    events.sort(key=lambda one: (one.first, one.last))
    write_table(path, _COLUMNS, _rows(found, events, data_rate), overwrite)
    return len(parts), len(moves)


def _rows(
    found: FilledBall, rows: Sequence[Possession | Pass], data_rate: float
) -> Iterator[tuple[Any, ...]]:
    tracking = found.tracking
    seconds = tracking.clock
    if np.isnan(seconds).all():
        seconds = np.arange(len(tracking)) / data_rate
    for row in rows:
        first, last = row.first, row.last
        giver = found.carrier[first]
        passed = isinstance(row, Pass)
        taker = found.carrier[last]
        yield (
            "pass" if passed else "possession",
            giver,
            taker if passed else "",
            number_cell(seconds[first]),
            number_cell(seconds[last]),
            number_cell(row.certainty),
            tracking.name_of(first, giver),
            tracking.team_of(first, giver),
            tracking.name_of(last, taker) if passed else "",
            tracking.team_of(last, taker) if passed else "",
            "" if tracking.period[first] < 0 else tracking.period[first],
            tracking.number[first],
            tracking.number[last],
            *map(number_cell, tracking.ball[first]),
            *map(number_cell, tracking.ball[last]),
        )
