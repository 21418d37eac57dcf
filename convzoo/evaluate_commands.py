"""`convzoo evaluate`: one command per model."""

import functools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from convzoo.common.checks import check_lengths
from convzoo.common.progress_bars import progress_bars
from convzoo.evaluate_classifier_command import evaluate_classifier
from convzoo.options import (
    BALL_PRESET,
    DEFAULT_PRESET,
    Ensemble,
    Flips,
    Pitch,
    Preset,
    check_preset,
    check_there,
)
from convzoo.plain import plain

if TYPE_CHECKING:
    from rich.table import Table

    from convzoo.training.football.ball_quality import BallQuality
    from convzoo.training.super_resolution.evaluate_sr import Comparison

# Title and decimals of the figures of `evaluate sr`.
_FIGURES = {
    "psnr_y": ("PSNR Y", 2),
    "ssim_y": ("SSIM Y", 4),
    "psnr_rgb": ("PSNR RGB", 2),
    "perceptual": ("distance", 4),
}
# Columns of `BallQuality`: metres, then percentages. With names of 19
# characters they fit into the 80 of a terminal.
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
evaluate_app = App(name="evaluate", help="Evaluate a model.")
evaluate_app.command(evaluate_classifier, name="classifier")


@evaluate_app.command(name="sr")
def evaluate_sr(
    *,
    data: Path,
    preset: Preset = DEFAULT_PRESET,
    judge: str | None = None,
    ensemble: Ensemble = False,
) -> list[Exception]:
    """Compare a super-resolution network with bicubic interpolation.

    Photographs that cannot be measured are left out, and named.

    Args:
        data: Folder of photographs.
        judge: Adds a perceptual distance: alex or vgg (LPIPS), or squeezenet.
            A path of weights may follow after a colon; without it they are
            downloaded.
    """
    check_there([data])
    check_preset(preset, "SRGenerator", "evaluate sr")
    from rich.console import Console

    from convzoo.training import evaluate_sr as evaluate
    from convzoo.training.super_resolution.evaluate_sr import average
    from convzoo.training.super_resolution.perceptual_choice import (
        perceptual_judge,
    )
    from convzoo.zoo import SRGenerator
    from convzoo.zoo.images.listing.list_images import list_images

    model = SRGenerator.from_preset(preset)
    paths = list_images(data)
    enlarge = functools.partial(model.upscale, ensemble=ensemble)
    distance = None if judge is None else perceptual_judge(judge)
    rows: list[Comparison] = []
    failures: list[Exception] = []
    with progress_bars() as progress:
        for path in progress.track(paths, description="photographs"):
            try:
                rows += evaluate(enlarge, [path], model.scale, distance)
            except ValueError as error:
                failures.append(error)
    if not rows:
        raise failures[0]
    Console().print(_quality_table([*rows, average(rows)]))
    return failures


@evaluate_app.command(name="ball")
def evaluate_ball(
    *,
    data: list[str],
    preset: Preset = BALL_PRESET,
    positions_only: bool = False,
    flips: Flips = False,
    pitch: Pitch = None,
) -> list[Exception]:
    """Compare a predictor of the ball with simple ones, in metres.

    Args:
        data: Tracking data: a .npz or .csv file, PROVIDER:FILES or tfds:NAME;
            several are evaluated one by one, and one that cannot be read does
            not stop the others.
        positions_only: Hide the velocities from all predictors.
    """
    if pitch is not None:
        check_lengths("pitch", pitch)
    check_there(data)
    check_preset(preset, "BallPositionPredictor", "evaluate ball")
    from rich.console import Console

    from convzoo.training import evaluate_ball as evaluate
    from convzoo.training.football.evaluate_ball import frames_to_evaluate
    from convzoo.zoo import BallPositionPredictor

    model = BallPositionPredictor.from_preset(preset, flips=flips)
    failures: list[Exception] = []
    for path in data:
        try:
            game, learned = frames_to_evaluate(
                path, model, positions_only, pitch
            )
            qualities = evaluate(model, game, learned)
        except ValueError as error:
            if len(data) == 1:
                raise
            failures.append(error)
            continue
        title = f"{Path(path).name}, {len(game)} frames"
        Console().print(_ball_table(title, qualities))
    return failures


def _ball_table(title: str, qualities: Mapping[str, "BallQuality"]) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(
        title=plain(title), box=box.SIMPLE_HEAD, show_edge=False, padding=0
    )
    table.add_column("", max_width=_BALL_NAMES, overflow="fold")
    for column in _BALL_COLUMNS:
        table.add_column(column, justify="right", vertical="bottom")
    for name, quality in qualities.items():
        table.add_row(plain(name), *_ball_cells(quality))
    return table


def _ball_cells(quality: "BallQuality") -> list[str]:
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


def _metres(length: float) -> str:
    """Three digits, or four."""
    if math.isnan(length):
        return ""
    return f"{length:.2f}" if length < 9.995 else f"{length:.1f}"


def _share(share: float, digits: int) -> str:
    return "" if math.isnan(share) else f"{100 * share:.{digits}f}"


def _quality_table(comparisons: Sequence["Comparison"]) -> "Table":
    """One row per photograph, with the figures that were measured."""
    from rich import box
    from rich.table import Table

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
        table.add_row(plain(row.name), *cells)
    return table
