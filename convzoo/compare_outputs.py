"""What `convzoo compare` writes."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from convzoo.common.image_suffixes import WRITTEN, check_written
from convzoo.common.output_file import check_target, write_whole
from convzoo.common.printable import printable
from convzoo.quality_tables import measured, similarity_table

if TYPE_CHECKING:
    from convzoo.training.super_resolution.similarity import Similarity


class ComparedPair(NamedTuple):
    """Names of two images, and how similar they are, or why it is unknown."""

    names: tuple[str, str]
    similarity: "Similarity | None" = None
    error: ValueError | None = None


def checked_outputs(
    out: Path | None, sheet: Path | None, overwrite: bool
) -> list[Path]:
    """Check that files can be written, without Keras, and return them."""
    if out is not None:
        check_target(out, (".csv",), overwrite)
    if sheet is not None:
        check_written(sheet)
        check_target(sheet, WRITTEN, overwrite)
    return [path for path in (out, sheet) if path is not None]


def similarity_rows(
    compared: Sequence[ComparedPair], average: "Similarity"
) -> Iterator[dict[str, str]]:
    """Yield a row per pair of images, and their mean as last row.

    Args:
        compared: The pairs. Those that failed have no figures, but an error.
        average: The mean of the others.
    """
    columns = measured(average)
    for (a, b), similarity, error in (
        *compared,
        ComparedPair(("mean", ""), average),
    ):
        figures = dict.fromkeys(columns, "")
        if similarity is not None:
            figures = {
                column: f"{getattr(similarity, column):.6f}"
                for column in columns
            }
        yield {
            "a": printable(a),
            "b": printable(b),
            **figures,
            "error": "" if error is None else printable(error),
        }


def report(compared: Sequence[ComparedPair], out: Path | None) -> None:
    """Print the figures of the pairs that were measured, and write a table.

    Args:
        compared: The pairs; at least one was measured.
        out: The table, if there is to be one.
    """
    from rich.console import Console

    from convzoo.common.csv_text import csv_text
    from convzoo.training.super_resolution.evaluate_sr import mean

    rows = {
        each.names[0]: each.similarity
        for each in compared
        if each.similarity is not None
    }
    average = mean(list(rows.values()))
    shown = rows if len(rows) == 1 else {**rows, "mean": average}
    Console().print(similarity_table(shown))
    if out is not None:
        write_whole(out, csv_text(similarity_rows(compared, average)))
