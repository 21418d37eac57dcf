"""Axes of accuracy against size in pixels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Factor by which the axis exceeds the sizes.
_MARGIN = 1.6


def accuracy_axes(
    axes: "Axes", sides: Sequence[float], classes: int, xlabel: str
) -> None:
    """Set a logarithmic axis of sizes, and one of accuracy from 0 to 1.

    A line shows the accuracy of guessing.

    Args:
        axes: Axes of matplotlib.
        sides: Sizes that are shown, in pixels.
        classes: Number of classes.
        xlabel: What the sizes are.
    """
    from matplotlib.ticker import (
        LogLocator,
        NullFormatter,
        PercentFormatter,
        ScalarFormatter,
    )

    axes.set_xscale("log")
    axes.set_xlim(min(sides) / _MARGIN, max(sides) * _MARGIN)
    axes.xaxis.set_major_locator(LogLocator(10, (1, 2, 5)))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(0, 1.08)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.axhline(
        1 / classes,
        color="grey",
        linestyle="--",
        label=f"guessing, 1 of {classes} classes",
    )
    axes.set(xlabel=xlabel, ylabel="accuracy")
    axes.grid(alpha=0.3)
