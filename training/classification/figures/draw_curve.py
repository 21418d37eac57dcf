"""Plot of the accuracy of one set of images at several sizes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from convzoo.training.classification.classifier_report import ClassifierReport
from convzoo.training.classification.figures.accuracy_axes import accuracy_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_curve(figure: "Figure", reports: Sequence[ClassifierReport]) -> None:
    """Draw the accuracy against the size to which all images were resized.

    Args:
        figure: An empty figure of matplotlib.
        reports: Results of `evaluate_classifier` for the same images.
    """
    figure.set_size_inches(7, 4.5)
    axes = figure.subplots()
    sides, xlabel = _sides(reports)
    order = np.argsort(sides, kind="stable")
    reports = [reports[i] for i in order]
    x = [sides[i] for i in order]
    y = [report.quality.accuracy for report in reports]
    low = [report.accuracy_interval[0] for report in reports]
    high = [report.accuracy_interval[1] for report in reports]
    axes.fill_between(x, low, high, alpha=0.2, label="95 % interval")
    axes.plot(x, y, marker="o", label="accuracy")
    for side, share, lower in zip(x, y, low, strict=True):
        axes.annotate(
            f"{share:.1%}",
            (side, lower),
            (0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=7,
        )
    accuracy_axes(axes, x, len(reports[0].class_names), xlabel)
    axes.set_title(
        f"the same {len(reports[0].labels)} images at each size", fontsize=9
    )
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)


def _sides(reports: Sequence[ClassifierReport]) -> tuple[list[float], str]:
    """Return the size of the images in each report, and what it is."""
    fixed = [report.resizing.short_side for report in reports]
    if None not in fixed and len(set(fixed)) > 1:
        sides = [float(side) for side in fixed if side is not None]
        return sides, "shorter side of the images, pixels"
    return (
        [float(np.median(report.sizes.min(axis=1))) for report in reports],
        "shorter side of the scaled images, median, pixels",
    )
