"""Files of the results of a classifier at several sizes."""

from collections.abc import Sequence
from pathlib import Path

from convzoo.common.csv_text import csv_text
from convzoo.common.output_file import write_whole
from convzoo.common.types import PathLike
from convzoo.training.classification.classifier_report import ClassifierReport
from convzoo.training.classification.figures.check_figures import check_figures
from convzoo.training.classification.figures.draw_curve import draw_curve
from convzoo.training.classification.figures.write_figures import write_figures
from convzoo.training.classification.report_rows import summary

_DRAWINGS = {"curve.png": draw_curve}
_TABLE = "curve.csv"


def check_curve(folder: PathLike, overwrite: bool = False) -> None:
    """Check early that `write_curve` can write its files.

    Raises:
        ValueError: As in `check_figures`.
    """
    check_figures(folder, [*_DRAWINGS, _TABLE], overwrite)


def write_curve(
    reports: Sequence[ClassifierReport],
    folder: PathLike,
    overwrite: bool = False,
) -> list[Path]:
    """Write `curve.png`, and `curve.csv` with a row per size.

    Args:
        reports: Results of `evaluate_classifier` for the same images.
        folder: Folder to write to. It is created if missing.
        overwrite: Whether to replace existing files.

    Returns:
        Paths of the files.

    Raises:
        ValueError: As in `check_curve`, or if the folder cannot be written.
    """
    check_curve(folder, overwrite)
    paths = write_figures(reports, _DRAWINGS, folder, overwrite)
    path = Path(folder) / _TABLE
    write_whole(path, csv_text(map(summary, reports)))
    return [*paths, path]
