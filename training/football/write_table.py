"""CSV files that are written. No Keras."""

import csv
import math
from collections.abc import Iterable, Sequence
from typing import Any

from convzoo.common.output_file import check_target, renamed
from convzoo.common.types import PathLike

# Suffixes of the files that `write_table` writes.
TABLES = (".csv",)


def write_table(
    path: PathLike,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    overwrite: bool = False,
) -> None:
    """Write a CSV file.

    Args:
        path: Path of the file.
        columns: Names of the columns.
        rows: Cells of each row.
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
        writer.writerow(columns)
        writer.writerows(rows)


def number_cell(number: float) -> str:
    """A number with three decimals; empty if unknown."""
    return "" if math.isnan(number) else f"{number:.3f}"
