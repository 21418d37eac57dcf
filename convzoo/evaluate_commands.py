"""`convzoo evaluate`: one command per model."""

import functools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App

from convzoo.ball_tables import (
    ball_table,
    carrier_table,
    coverage_line,
    hole_table,
    too_long,
)
from convzoo.common.checks import check_above, check_lengths
from convzoo.common.progress_bars import progress_bars
from convzoo.evaluate_classifier_command import evaluate_classifier
from convzoo.options import (
    BALL_PRESET,
    DEFAULT_PRESET,
    Ensemble,
    Flips,
    MotionChoice,
    MotionOption,
    Pitch,
    Preset,
    check_preset,
    check_there,
    commas,
    motion_of,
)
from convzoo.quality_tables import quality_table

if TYPE_CHECKING:
    from convzoo.training.football.tracking.tracking import Tracking
    from convzoo.training.super_resolution.evaluate_sr import Comparison
    from convzoo.zoo import BallPositionPredictor

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
    Console().print(quality_table([*rows, average(rows)]))
    return failures


@evaluate_app.command(name="ball")
def evaluate_ball(
    *,
    data: list[str],
    preset: Preset = BALL_PRESET,
    positions_only: bool = False,
    flips: Flips = False,
    holes: Annotated[tuple[float, ...] | None, commas(float)] = None,
    carriers: bool = False,
    motion: MotionOption = "smooth",
    pitch: Pitch = None,
) -> list[Exception]:
    """Compare a predictor of the ball with simple ones, in metres.

    Args:
        data: Tracking data: a .npz or .csv file, PROVIDER:FILES or tfds:NAME;
            several are evaluated one by one, and one that cannot be read does
            not stop the others.
        positions_only: Hide the velocities from all predictors.
        holes: Compare ways to fill holes instead: balls are cut out for so many
            seconds, such as 1,2,5,10,20, where the ball is known before and
            after. The row `all` is without any known ball.
        carriers: Compare who is said to have the ball with who has it instead,
            where no ball is known.
    """
    if holes and carriers:
        raise ValueError("`holes` and `carriers` exclude each other")
    if pitch is not None:
        check_lengths("pitch", pitch)
    check_there(data)
    for seconds in holes or ():
        check_above("holes", seconds, 0)
    check_preset(preset, "BallPositionPredictor", "evaluate ball")
    from convzoo.zoo import BallPositionPredictor

    model = BallPositionPredictor.from_preset(preset, flips=flips)
    failures: list[Exception] = []
    for path in data:
        try:
            if holes:
                _evaluate_holes(
                    model, path, positions_only, pitch, holes, motion
                )
            elif carriers:
                _evaluate_carriers(model, path, positions_only, pitch, motion)
            else:
                _evaluate_frames(model, path, positions_only, pitch)
        except ValueError as error:
            if len(data) == 1:
                raise
            failures.append(error)
    return failures


def _evaluate_frames(
    model: "BallPositionPredictor",
    path: str,
    positions_only: bool,
    pitch: tuple[float, float] | None,
) -> None:
    from rich.console import Console

    from convzoo.training import evaluate_ball as evaluate
    from convzoo.training.football.evaluate_ball import frames_to_evaluate

    game, learned = frames_to_evaluate(path, model, positions_only, pitch)
    qualities = evaluate(model, game, learned)
    Console().print(ball_table(_title(path, game), qualities))


def _evaluate_holes(
    model: "BallPositionPredictor",
    path: str,
    positions_only: bool,
    pitch: tuple[float, float] | None,
    holes: Sequence[float],
    motion: MotionChoice,
) -> None:
    from rich.console import Console

    from convzoo.training.football.ball_fillers import ball_fillers
    from convzoo.training.football.fill_holes import fill_holes
    from convzoo.training.football.over_time import OverTime
    from convzoo.training.football.play_to_evaluate import play_to_evaluate

    play = play_to_evaluate(path, model, positions_only, pitch)
    fillers = ball_fillers(model, play, motion_of(motion))
    rows = fill_holes(play, fillers, [*holes, math.inf])
    Console().print(hole_table(_title(path, play), list(fillers), rows))
    over_time = fillers.get("over time")
    if isinstance(over_time, OverTime):
        print(coverage_line(over_time.coverage(play.ball)))
    for line in too_long(rows):
        print(line)


def _evaluate_carriers(
    model: "BallPositionPredictor",
    path: str,
    positions_only: bool,
    pitch: tuple[float, float] | None,
    motion: MotionChoice,
) -> None:
    from rich.console import Console

    from convzoo.training.football.evaluate_carriers import (
        evaluate_carriers,
        has_carriers,
    )
    from convzoo.training.football.play_to_evaluate import play_to_evaluate

    play = play_to_evaluate(path, model, positions_only, pitch)
    qualities = evaluate_carriers(model, play, motion_of(motion))
    Console().print(carrier_table(_title(path, play), qualities))
    if has_carriers(play):
        print("true carriers: those of the file, in frames that have one")
    else:
        print("true carriers: the players nearest to the ball, within 1.5 m")


def _title(path: str, frames: "Tracking") -> str:
    return f"{Path(path).name}, {len(frames)} frames"
