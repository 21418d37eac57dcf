"""Plot of accuracy against image size."""

from typing import TYPE_CHECKING

from convzoo.training.classification.classifier_report import ClassifierReport
from convzoo.training.classification.figures.accuracy_axes import accuracy_axes
from convzoo.training.classification.figures.accuracy_by_size import (
    accuracy_by_size,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_sizes(figure: "Figure", report: ClassifierReport) -> None:
    """Draw the accuracy of images grouped by their shorter side.

    Args:
        figure: An empty figure of matplotlib.
        report: Result of `evaluate_classifier`.
    """
    figure.set_size_inches(7, 4.5)
    axes = figure.subplots()
    groups = accuracy_by_size(report.right, report.sizes)
    x = [group.middle for group in groups]
    y = [group.accuracy for group in groups]
    axes.errorbar(
        x,
        y,
        [
            [group.accuracy - group.low for group in groups],
            [group.high - group.accuracy for group in groups],
        ],
        [
            [group.middle - group.shortest for group in groups],
            [group.longest - group.middle for group in groups],
        ],
        fmt="o",
        elinewidth=1,
        capsize=2,
        label="images of similar size, 95 % interval",
    )
    for index, group in enumerate(groups):
        axes.annotate(
            f"{group.images}",
            (group.middle, group.low),
            # In two rows, so that neighbours do not overlap.
            (0, -4 - index % 2 * 9),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=7,
        )
    ends = [side for group in groups for side in group[:2]]
    accuracy_axes(
        axes,
        ends,
        len(report.class_names),
        "shorter side of the image, pixels",
    )
    axes.set_title(
        f"{len(report.labels)} images; the numbers are those of each group",
        fontsize=9,
    )
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
