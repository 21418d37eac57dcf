"""`convzoo evaluate classifier`."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from convzoo.common.checks import check_above, check_positive
from convzoo.common.progress_bars import progress_bars
from convzoo.options import (
    WHOLE,
    Out,
    Overwrite,
    Preset,
    check_preset,
    check_there,
    commas,
    joined,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from convzoo.training.classification.classifier_report import (
        ClassifierReport,
    )

Scales = Annotated[
    tuple[float, ...],
    commas(float),
    Parameter(alias="--scales", show_default=joined),
]
ShortSides = Annotated[
    tuple[int, ...] | None, commas(int), Parameter(alias="--short-sides")
]


def evaluate_classifier(
    *,
    data: str,
    preset: Preset,
    scale: Scales = (1.0,),
    short_side: ShortSides = None,
    warp: Annotated[int | None, WHOLE] = None,
    out: Out | None = None,
    overwrite: Overwrite = False,
) -> None:
    """Measure the accuracy and calibration of a classifier.

    Args:
        data: Folder with one folder of images per class, or tfds:NAME.
        scale: Factor by which images are resized first. Several, such as
            0.5,0.71,1,1.41,2, give a table with a row for each.
        short_side: Length in pixels to which the shorter side of each image is
            then scaled, instead of that of the model. Several, such as
            64,128,224, give a table with a row for each.
        warp: Side in pixels of squares to which images are warped.
        out: Folder for confusion.png, sizes.png and mistakes.png, report.json,
            report.csv with all classes, and predictions.csv with all images;
            of several sizes, for curve.png and curve.csv.
    """
    check_there([data])
    _check_sizes(scale, short_side, warp)
    check_preset(preset, "SizeAgnosticClassifier", "evaluate classifier")
    from rich.console import Console

    from convzoo.training import ImageFolder
    from convzoo.training import evaluate_classifier as evaluate
    from convzoo.training.classification.figures.write_curve import check_curve
    from convzoo.training.classification.figures.write_report import (
        check_report,
    )
    from convzoo.zoo import SizeAgnosticClassifier

    sides = short_side or (None,)
    several = len(scale) * len(sides) > 1
    if out is not None:
        (check_curve if several else check_report)(out, overwrite)
    model = SizeAgnosticClassifier.from_preset(preset)
    folder = ImageFolder(data, split="test")
    with progress_bars() as progress:
        total = len(folder) * len(scale) * len(sides)
        advance = functools.partial(
            progress.advance, progress.add_task("images", total=total)
        )
        reports = [
            evaluate(
                model, folder, warp, factor, short_side=side, advance=advance
            )
            for factor in scale
            for side in sides
        ]
    for table in _tables(reports):
        Console().print(table)
    if out is not None:
        for path in _written(reports, out, overwrite):
            print(path)


def _check_sizes(
    scales: Sequence[float],
    short_sides: Sequence[int] | None,
    warp: int | None,
) -> None:
    for scale in scales:
        check_above("scale", scale, 0)
    for side in short_sides or ():
        check_positive("short_side", side)
    if warp is not None:
        check_positive("warp", warp)


def _tables(reports: Sequence["ClassifierReport"]) -> list["Table"]:
    from convzoo.classifier_tables import (
        class_table,
        curve_table,
        summary_table,
    )

    if len(reports) > 1:
        return [curve_table(reports)]
    return [summary_table(reports[0]), class_table(reports[0].classes)]


def _written(
    reports: Sequence["ClassifierReport"], out: "Path", overwrite: bool
) -> list["Path"]:
    from convzoo.training.classification.figures.write_curve import write_curve
    from convzoo.training.classification.figures.write_report import (
        write_report,
    )

    if len(reports) > 1:
        return write_curve(reports, out, overwrite)
    return write_report(reports[0], out, overwrite)
