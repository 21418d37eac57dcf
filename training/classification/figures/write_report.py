"""Files of the results of a classifier."""

import json
from pathlib import Path

from convzoo.common.csv_text import csv_text
from convzoo.common.output_file import write_whole
from convzoo.common.types import PathLike
from convzoo.training.classification.classifier_report import ClassifierReport
from convzoo.training.classification.figures.check_figures import check_figures
from convzoo.training.classification.figures.draw_confusion import (
    draw_confusion,
)
from convzoo.training.classification.figures.draw_mistakes import draw_mistakes
from convzoo.training.classification.figures.draw_sizes import draw_sizes
from convzoo.training.classification.figures.write_figures import write_figures
from convzoo.training.classification.report_rows import (
    prediction_rows,
    summary,
)

_DRAWINGS = {
    "confusion.png": draw_confusion,
    "sizes.png": draw_sizes,
    "mistakes.png": draw_mistakes,
}
_TABLES = ("report.json", "report.csv", "predictions.csv")


def check_report(folder: PathLike, overwrite: bool = False) -> None:
    """Check early that `write_report` can write its files.

    Raises:
        ValueError: As in `check_figures`.
    """
    check_figures(folder, [*_DRAWINGS, *_TABLES], overwrite)


def write_report(
    report: ClassifierReport, folder: PathLike, overwrite: bool = False
) -> list[Path]:
    """Write figures and tables.

    `confusion.png`, `sizes.png` and `mistakes.png` are figures. `report.json`
    has all metrics, `report.csv` a row per class, and `predictions.csv` a row
    per image.

    Args:
        report: Result of `evaluate_classifier`.
        folder: Folder to write to. It is created if missing.
        overwrite: Whether to replace existing files.

    Returns:
        Paths of the files.

    Raises:
        ValueError: As in `check_report`, or if the folder cannot be written.
    """
    check_report(folder, overwrite)
    paths = write_figures(report, _DRAWINGS, folder, overwrite)
    classes = [each._asdict() for each in report.classes]
    content = {**summary(report), "classes": classes}
    texts = (
        json.dumps(content, indent=2, ensure_ascii=False) + "\n",
        csv_text(classes),
        csv_text(prediction_rows(report)),
    )
    for name, text in zip(_TABLES, texts, strict=True):
        write_whole(Path(folder) / name, text)
        paths.append(Path(folder) / name)
    return paths
