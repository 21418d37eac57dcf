"""`convzoo evaluate`: one short function a model."""

import functools
import math
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from convzoo.options import (
    BALL_PRESET,
    DEFAULT_PRESET,
    EnsembleOption,
    OverwriteOption,
    PresetOption,
    progress_bars,
)

# Title and digits of what `evaluate sr` measures.
_FIGURES = {
    "psnr_y": ("PSNR Y", 2),
    "ssim_y": ("SSIM Y", 4),
    "psnr_rgb": ("PSNR RGB", 2),
    "perceptual": ("distance", 4),
}
# Of `BallQuality`: metres, then shares in per cent. With names of 19 characters
# they fit into the 80 of a terminal.
_BALL_COLUMNS = (
    "mean",
    "95 %",
    "median",
    "90 %",
    "in\n2 m",
    "in\n5 m",
    "in\n10 m",
    "top\n1",
    "top\n3",
    "r\n50",
    "r\n90",
)
_BALL_NAMES = 19
evaluate_app = typer.Typer()


@evaluate_app.command("sr")
def evaluate_sr(
    data: Annotated[Path, typer.Option(help="Folder of photographs.")],
    preset: PresetOption = DEFAULT_PRESET,
    judge: Annotated[
        str | None,
        typer.Option(
            help="Add a perceptual distance: alex, vgg or squeezenet, or with "
            ":FILE of weights."
        ),
    ] = None,
    ensemble: EnsembleOption = False,
):
    """Compare a network with bicubic interpolation, by the usual protocol."""
    from convzoo.training.super_resolution.evaluate_sr import average
    from convzoo.training.super_resolution.evaluate_sr import (
        evaluate_sr as evaluate,
    )
    from convzoo.zoo import SRGenerator
    from convzoo.zoo.images.image_file import list_images

    model = SRGenerator.from_preset(preset)
    paths = list_images(data)
    upscale = functools.partial(model.upscale, ensemble=ensemble)
    comparisons = evaluate(upscale, paths, model.scale, _judge(judge))
    with progress_bars() as progress:
        rows = list(
            progress.track(
                comparisons,
                total=len(paths),
                description="photographs",
            )
        )
    Console().print(_quality_table([*rows, average(rows)]))


@evaluate_app.command("classifier")
def evaluate_classifier(
    data: Annotated[str, typer.Option(help="Folder of classes, or tfds:NAME.")],
    preset: PresetOption,
    warp: Annotated[
        int | None, typer.Option(help="Warp to squares of so many pixels.")
    ] = None,
    scale: Annotated[float, typer.Option(help="Resize by this factor.")] = 1.0,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="Folder for confusion.png, sizes.png."
        ),
    ] = None,
    overwrite: OverwriteOption = False,
):
    """Count what a classifier gets right."""
    from convzoo.training.classification.classifier_plots import (
        check_plots,
        write_plots,
    )
    from convzoo.training.classification.evaluate_classifier import (
        evaluate_classifier as evaluate,
    )
    from convzoo.zoo import SizeAgnosticClassifier

    if out is not None:
        check_plots(out, overwrite)
    report = evaluate(
        SizeAgnosticClassifier.from_preset(preset), data, warp, scale
    )
    table = Table(show_header=False)
    table.add_row("images", str(len(report.right)))
    table.add_row("accuracy", f"{report.quality.accuracy:.2%}")
    table.add_row("mean per class", f"{report.quality.class_accuracy:.2%}")
    table.add_row(
        "calibration error", f"{report.quality.calibration_error:.2%}"
    )
    table.add_row("cross-entropy", f"{report.quality.loss:.4f}")
    Console().print(table)
    if out is not None:
        for path in write_plots(report, out, overwrite):
            print(path)


@evaluate_app.command("ball")
def evaluate_ball(
    data: Annotated[
        list[Path],
        typer.Option(help="File of tracking data; give it again for more."),
    ],
    preset: PresetOption = BALL_PRESET,
    positions_only: Annotated[
        bool, typer.Option("--positions-only", help="Hide the velocities.")
    ] = False,
    flips: Annotated[
        bool, typer.Option("--flips", help="The mean of four mirrored views.")
    ] = False,
):
    """Compare a predictor of the ball with simple ones, in metres."""
    from convzoo.training.football.evaluate_ball import (
        evaluate_ball as evaluate,
    )
    from convzoo.training.football.evaluate_ball import frames_to_evaluate
    from convzoo.zoo import BallPositionPredictor

    model = BallPositionPredictor.from_preset(preset)
    model.flips = flips
    for path in data:
        game, learned = frames_to_evaluate(path, model, positions_only)
        qualities = evaluate(model, game, learned)
        title = f"{path.name}, {len(game)} frames"
        Console().print(_ball_table(title, qualities))


def _ball_table(title, qualities):
    table = Table(title=title, box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    table.add_column("", max_width=_BALL_NAMES, overflow="fold")
    for column in _BALL_COLUMNS:
        table.add_column(column, justify="right", vertical="bottom")
    for name, quality in qualities.items():
        table.add_row(name, *_ball_cells(quality))
    return table


def _ball_cells(quality):
    low, high = _metres(quality.mean_low), _metres(quality.mean_high)
    within = quality.within_2, quality.within_5, quality.within_10
    coverage = quality.coverage_50, quality.coverage_90
    return [
        _metres(quality.mean),
        f"{low}-{high}" if low and high else "",
        _metres(quality.median),
        _metres(quality.percentile_90),
        *(_share(share, 0) for share in within),
        *(_share(share, 1) for share in (quality.top_1, quality.top_3)),
        *(_share(share, 0) for share in coverage),
    ]


def _metres(length):
    """Three digits, or four."""
    if math.isnan(length):
        return ""
    return f"{length:.2f}" if length < 9.995 else f"{length:.1f}"


def _share(share, digits):
    return "" if math.isnan(share) else f"{100 * share:.{digits}f}"


def _judge(choice):
    from convzoo.training.super_resolution.perceptual_choice import (
        perceptual_judge,
    )

    return None if choice is None else perceptual_judge(choice)


def _quality_table(comparisons):
    """A row for each photograph; figures that nobody asked for are left out."""
    # Nine columns fit into the 80 characters of a terminal.
    table = Table("image", box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    names = list(comparisons[0].model.figures())
    for name in names:
        title, _ = _FIGURES[name]
        table.add_column(f"{title}\nbicubic", justify="right")
        table.add_column(f"{title}\nmodel", justify="right")
    for row in comparisons:
        cells = [
            f"{getattr(quality, name):.{_FIGURES[name][1]}f}"
            for name in names
            for quality in (row.bicubic, row.model)
        ]
        table.add_row(row.name, *cells)
    return table
