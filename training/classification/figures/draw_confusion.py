"""Plot of a confusion matrix."""

from typing import TYPE_CHECKING

import numpy as np

from convzoo.training.classification.classifier_report import ClassifierReport
from convzoo.training.classification.confusion_matrix import confusion_matrix
from convzoo.training.classification.figures.label import label
from convzoo.training.classification.figures.shown_classes import shown_classes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Largest number of classes that are shown.
_MOST = 50
# Side of a cell and width of a digit, in inches.
_CELL, _DIGIT = 0.28, 0.07
# Sides of the figure are at least as long, for its title.
_SMALLEST = 5
# Space of a character of a name, in inches.
_CHARACTER = 0.07
_OTHERS = "(others)"
# Cells above this share of their row are dark, and their numbers white.
_DARK = 0.5
# Share of the colour white: a single mistake among many images is not white.
_PALEST = -0.2


def draw_confusion(figure: "Figure", report: ClassifierReport) -> None:
    """Draw the number of images by true and predicted class.

    Correct predictions are blue and mistakes red, by their share of the true
    class. Of very many classes, those with the most mistakes are shown, and the
    others are summed up.

    Args:
        figure: An empty figure of matplotlib.
        report: Result of `evaluate_classifier`.
    """
    shown, occurring = shown_classes(
        report.labels, report.predicted, report.class_names, _MOST
    )
    counts = _counts(report, shown, occurring > len(shown))
    names = [label(report.class_names[number]) for number in shown]
    if occurring > len(shown):
        names.append(_OTHERS)
    digits = len(str(counts.max()))
    cells = len(names) * max(_CELL, _DIGIT * (digits + 1))
    text = _CHARACTER * max(map(len, names)) + 0.6
    side = max(cells + text, _SMALLEST)
    figure.set_size_inches(side, side + 0.6)
    axes = figure.subplots()
    _draw_cells(axes, counts, occurring > len(shown))
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    for text_of in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        text_of.set_parse_math(False)
    axes.set(xlabel="predicted", ylabel="true")
    figure.suptitle(_title(report, len(shown), occurring), fontsize=9)


def _counts(
    report: ClassifierReport, shown: list[int], others: bool
) -> np.ndarray:
    """The confusion matrix of the classes that are shown."""
    places = np.full(len(report.class_names), len(shown))
    places[shown] = np.arange(len(shown))
    counts = confusion_matrix(
        places[report.labels], places[report.predicted], len(shown) + 1
    )
    return counts if others else counts[:-1, :-1]


def _draw_cells(axes: "Axes", counts: np.ndarray, others: bool) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.eye(len(counts), dtype=bool)
    empty = counts == 0
    if others:
        # It also holds mistakes of the others among themselves.
        empty[-1, -1] = True
    for colours, hidden in (("Blues", ~right), ("Reds", right)):
        cells = np.ma.masked_array(shares, hidden | empty)
        axes.imshow(cells, colours, vmin=_PALEST, vmax=1)
    for row, column in np.argwhere(~empty):
        axes.text(
            column,
            row,
            str(counts[row, column]),
            ha="center",
            va="center",
            fontsize=8,
            color="white" if shares[row, column] > _DARK else "black",
        )
    edges = np.arange(len(counts) + 1) - 0.5
    axes.set_xticks(edges, minor=True)
    axes.set_yticks(edges, minor=True)
    axes.grid(which="minor", color="lightgrey", linewidth=0.5)
    axes.tick_params(which="minor", length=0)


def _title(report: ClassifierReport, shown: int, occurring: int) -> str:
    low, high = report.accuracy_interval
    lines = [
        f"accuracy {report.quality.accuracy:.1%}, "
        f"95 % interval {low:.1%} to {high:.1%}",
        "images in numbers; colour: share of the true class",
    ]
    known = len(report.class_names)
    if shown < occurring:
        lines.append(f"the {shown} most confused of {occurring} classes")
    elif occurring < known:
        lines.append(f"the {occurring} of {known} classes that occur")
    return "\n".join(lines)
