"""Tables of `convzoo evaluate classifier`, at most 80 columns wide."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convzoo.plain import plain

if TYPE_CHECKING:
    from rich.table import Table

    from convzoo.training.classification.class_accuracies import ClassAccuracy
    from convzoo.training.classification.classifier_report import (
        ClassifierReport,
    )

# Classes of which all are shown, and how many are shown of more.
_ALL, _WORST = 20, 10
_NAME = 26


def summary_table(report: "ClassifierReport") -> "Table":
    """The figures of all images together."""
    from rich.table import Table

    quality = report.quality
    low, high = report.accuracy_interval
    gap = 100 * (quality.confidence - quality.accuracy)
    table = Table(show_header=False)
    table.add_row("images", str(len(report.labels)))
    table.add_row(
        "accuracy",
        f"{quality.accuracy:.2%} (95 % interval {low:.2%} to {high:.2%})",
    )
    table.add_row("mean per class", f"{quality.class_accuracy:.2%}")
    table.add_row(
        "mean confidence",
        f"{quality.confidence:.2%} ({_points(gap)})",
    )
    table.add_row("calibration error", f"{quality.calibration_error:.2%}")
    table.add_row("cross-entropy", f"{quality.loss:.4f}")
    return table


def class_table(classes: Sequence["ClassAccuracy"]) -> "Table":
    """The accuracy of each class, or of the least accurate of many."""
    title = None
    if len(classes) > _ALL:
        title = f"the {_WORST} least accurate of {len(classes)} classes"
        # Of equal shares, those of many images are the more certain.
        classes = sorted(
            classes, key=lambda each: (each.accuracy, -each.images)
        )
        classes = classes[:_WORST]
    table = _table("class", title)
    for column in ("images", "right", "accuracy", "95 % interval"):
        table.add_column(column, justify="right")
    table.add_column("mostly taken for", max_width=_NAME, overflow="fold")
    for each in classes:
        table.add_row(
            plain(each.name),
            str(each.images),
            str(each.right),
            f"{each.accuracy:.1%}",
            _interval(each.low, each.high),
            "" if each.taken_for is None else plain(each.taken_for),
        )
    return table


def curve_table(reports: Sequence["ClassifierReport"]) -> "Table":
    """A row for each size to which the same images were resized."""
    table = _table(None, f"{len(reports[0].labels)} images at each size")
    steps = [
        name
        for name in ("scale", "short_side", "warp")
        if any(getattr(each.resizing, name) is not None for each in reports)
    ]
    for title in (
        *(name.replace("_", "\n") for name in steps),
        "accuracy",
        "95 % interval",
        "mean per\nclass",
        "mean\nconfidence",
        "cross-\nentropy",
    ):
        table.add_column(title, justify="right", vertical="bottom")
    for report in reports:
        quality = report.quality
        table.add_row(
            *(f"{getattr(report.resizing, name):g}" for name in steps),
            f"{quality.accuracy:.1%}",
            _interval(*report.accuracy_interval),
            f"{quality.class_accuracy:.1%}",
            f"{quality.confidence:.1%}",
            f"{quality.loss:.3f}",
        )
    return table


def _table(first: str | None, title: str | None) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(
        title=title, box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0)
    )
    if first is not None:
        table.add_column(first, max_width=_NAME, overflow="fold")
    return table


def _interval(low: float, high: float) -> str:
    return f"{100 * low:.1f} to {high:.1%}"


def _points(gap: float) -> str:
    if abs(gap) < 0.05:
        return "equal to the accuracy"
    side = "above" if gap > 0 else "below"
    return f"{abs(gap):.1f} points {side} the accuracy"
