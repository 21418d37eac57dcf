"""Picture sheet of the most confident mistakes of a classifier."""

from typing import TYPE_CHECKING

import numpy as np

from convzoo.training.classification.classifier_report import ClassifierReport
from convzoo.training.classification.figures.label import label
from convzoo.training.classification.resizing import Resizing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS, _ROWS = 5, 8
# Inches of a cell, and of the part of it that is text.
_WIDTH, _HEIGHT, _TEXT = 2.4, 2.9, 0.9
_MARGIN, _TITLE = 0.1, 0.4
# Longest side of a thumbnail in pixels.
_THUMBNAIL = 256
_CHARACTERS = 34


def draw_mistakes(figure: "Figure", report: ClassifierReport) -> None:
    """Draw the mistakes with the highest confidence, as they were read.

    Only the images that are shown are in memory.

    Args:
        figure: An empty figure of matplotlib.
        report: Result of `evaluate_classifier`.
    """
    wrong = np.flatnonzero(~report.right)
    order = np.argsort(-report.confidence[wrong], kind="stable")
    shown = wrong[order[: _COLUMNS * _ROWS]]
    columns = min(max(len(shown), 2), _COLUMNS)
    rows = (len(shown) + columns - 1) // columns
    width, height = columns * _WIDTH, rows * _HEIGHT + _TITLE
    figure.set_layout_engine("none")
    figure.set_size_inches(width, height)
    figure.text(
        _MARGIN / width,
        1 - _TITLE / 2 / height,
        _title(len(shown), len(wrong), len(report.labels)),
        va="center",
        fontsize=10,
    )
    for place, index in enumerate(shown):
        row, column = divmod(place, columns)
        bottom = (rows - 1 - row) * _HEIGHT
        axes = figure.add_axes(
            (
                (column * _WIDTH + _MARGIN) / width,
                (bottom + _TEXT) / height,
                (_WIDTH - 2 * _MARGIN) / width,
                (_HEIGHT - _TEXT - _MARGIN) / height,
            )
        )
        _draw_mistake(axes, report, index)


def _draw_mistake(axes: "Axes", report: ClassifierReport, index: int) -> None:
    axes.imshow(_thumbnail(report.images[index]))
    axes.set_anchor("SW")
    axes.axis("off")
    true, predicted = (
        label(report.class_names[number[index]], _CHARACTERS - 10)
        for number in (report.labels, report.predicted)
    )
    # Below the image box, not below the image, which may be flat.
    axes.annotate(
        f"true: {true}\npredicted: {predicted}\n"
        f"confidence: {report.confidence[index]:.1%}\n"
        f"{label(report.paths[index], _CHARACTERS)}",
        (0, 0),
        (0, -4),
        xycoords="axes fraction",
        textcoords="offset points",
        va="top",
        fontsize=8,
        parse_math=False,
    )


def _thumbnail(image: np.ndarray) -> np.ndarray:
    longest = max(image.shape[:2])
    return Resizing(scale=min(_THUMBNAIL / longest, 1))(image)


def _title(shown: int, wrong: int, images: int) -> str:
    if not wrong:
        return f"no mistakes in {images} images"
    if shown == wrong:
        return f"all {wrong} mistakes in {images} images, most confident first"
    return f"the {shown} most confident of {wrong} mistakes in {images} images"
