"""Plots of the results of a classifier."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from convzoo.common.output_file import check_absent, renamed
from convzoo.common.types import PathLike
from convzoo.training.classification.evaluate_classifier import (
    ClassifierReport,
)

# matplotlib is an optional dependency, imported by the functions that draw.
if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Number of groups of images of similar size, each a point of the plot.
_POINTS = 8


def check_plots(folder: PathLike, overwrite: bool = False) -> None:
    """Check early that `write_plots` can write its files.

    Raises:
        ValueError: If matplotlib is missing, or a file exists and `overwrite`
            is False.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise ValueError(
            "plots need the package matplotlib; pip install convzoo[plots]"
        ) from error
    for name in _PLOTS:
        check_absent(Path(folder) / name, overwrite)


def write_plots(
    report: ClassifierReport, folder: PathLike, overwrite: bool = False
) -> list[Path]:
    """Write `confusion.png` and `sizes.png`.

    Args:
        report: Result of `evaluate_classifier`.
        folder: Folder to write to. It is created if missing.
        overwrite: Whether to replace existing files.

    Returns:
        Paths of the files.

    Raises:
        ValueError: As in `check_plots`, or if the folder cannot be written.
    """
    check_plots(folder, overwrite)
    from matplotlib.figure import Figure

    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, draw in _PLOTS.items():
            figure = Figure(layout="constrained")
            draw(figure, report)
            with renamed(folder / name) as temporary:
                figure.savefig(temporary, dpi=120)
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be written ({error.strerror})"
        ) from error
    return [folder / name for name in _PLOTS]


def accuracy_by_size(
    right: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Accuracy of groups of images of similar size.

    Args:
        right: Booleans `(images,)`.
        sizes: Rows and columns, `(images, 2)`.

    Returns:
        Three arrays with one value per group: the mean square root of the area,
        in pixels; the accuracy; its standard error.
    """
    sides = np.sqrt(sizes.prod(axis=1))
    groups = np.array_split(
        np.argsort(sides, kind="stable"), min(_POINTS, len(sides))
    )
    side = np.array([sides[group].mean() for group in groups])
    share = np.array([right[group].mean() for group in groups])
    counts = np.array([len(group) for group in groups])
    return side, share, np.sqrt(share * (1 - share) / counts)


def _confusion(figure: "Figure", report: ClassifierReport) -> None:
    count = len(report.class_names)
    side = 3 + 0.22 * count
    figure.set_size_inches(side, side)
    axes = figure.subplots()
    rows = report.confusion.sum(axis=1, keepdims=True)
    axes.imshow(report.confusion / np.maximum(rows, 1), "Blues", vmin=0, vmax=1)
    ticks = range(count)
    axes.set_xticks(ticks, report.class_names, rotation=90, fontsize=7)
    axes.set_yticks(ticks, report.class_names, fontsize=7)
    axes.set(xlabel="predicted class", ylabel="true class")
    axes.set_title(f"accuracy {report.quality.accuracy:.1%}")


def _sizes(figure: "Figure", report: ClassifierReport) -> None:
    figure.set_size_inches(6, 4)
    axes = figure.subplots()
    side, share, error = accuracy_by_size(report.right, report.sizes)
    axes.errorbar(side, share, error, marker="o", capsize=3)
    axes.set(xlabel="square root of the area, pixels", ylabel="accuracy")
    axes.set_ylim(top=1.005)
    axes.grid(alpha=0.3)


_PLOTS = {"confusion.png": _confusion, "sizes.png": _sizes}
