"""Reader of tracking data in CSV files."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from convzoo.training.football.tracking.csv_cells import (
    CSVCells,
    RowCells,
    listed,
)
from convzoo.training.football.tracking.csv_columns import (
    AXES,
    BALL,
    Column,
    columns_of,
    is_referee,
)
from convzoo.training.football.tracking.csv_numbers import is_unknown
from convzoo.training.football.tracking.csv_table import table_rows

_LONG = ("team", "player", "x", "y")


def read_csv_tracking(path: Path) -> dict[str, Any]:
    """Read a CSV file as arguments of `Tracking`.

    Args:
        path: Path of the file. See `read_tracking` for its columns.

    Raises:
        ValueError: If a column or a cell is invalid.
    """
    rows = table_rows(path)
    names = next(rows)
    columns = {name.lower(): index for index, name in enumerate(names)}
    if "frame" not in columns:
        raise ValueError(
            f"has no column called 'frame'; there are: {listed(names)}"
        )
    table = CSVCells(
        columns["frame"], columns.get("time"), columns.get("period")
    )
    if all(name in columns for name in _LONG):
        return table.packed(_long_cells(rows, columns))
    wide = columns_of(names)
    if wide:
        table.expect(column.who for column in wide)
        return table.packed(_wide_cells(rows, wide))
    raise ValueError(
        "needs the columns 'team', 'player', 'x' and 'y', or ones such as "
        f"'home_1_x' and 'home_1_y'. There are: {listed(names)}"
    )


def _long_cells(
    rows: Iterable[list[str]], columns: dict[str, int]
) -> Iterator[RowCells]:
    """Yield the cells of a table with a row per player and frame."""
    frame, team, player = (columns[n] for n in ("frame", "team", "player"))
    axes = [
        (i, columns[name]) for i, name in enumerate(AXES) if name in columns
    ]
    if len(axes) == 3:
        raise ValueError(
            "has one of the columns 'vx' and 'vy' without the other"
        )
    period = columns.get("period")
    for row in rows:
        side, name = row[team].strip(), row[player].strip()
        if is_unknown(side):
            side = BALL if name.lower() == BALL else ""
        if not side:
            raise ValueError(f"has a row without a team, of frame {row[frame]}")
        if period is not None and is_unknown(row[period]):
            raise ValueError(
                f"has a row without a period, of frame {row[frame]}"
            )
        who = None if side.lower() == BALL else (side, name)
        if is_referee(side.lower()):
            yield row, []
        else:
            yield row, [(who, axis, row[index]) for axis, index in axes]


def _wide_cells(
    rows: Iterable[list[str]], columns: Sequence[Column]
) -> Iterator[RowCells]:
    """Yield the cells of a table with a row per frame."""
    for row in rows:
        yield row, [(who, axis, row[at]) for at, who, axis in columns]
