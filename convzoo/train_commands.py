"""`convzoo train`: one command per recipe, derived from its options."""

import dataclasses
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cyclopts import App

from convzoo.options import check_there, command_of
from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.football.ball_options import BallOptions
from convzoo.training.super_resolution.sr_options import SROptions
from convzoo.training.super_resolution.srgan_options import SRGANOptions

if TYPE_CHECKING:
    from convzoo.training import Run


def _sr(options: SROptions) -> None:
    from convzoo.training import train_sr

    run = train_sr(options)
    _print_best(run, f", PSNR {run.best['psnr_y']:.3f} dB on Y")


def _srgan(options: SRGANOptions) -> None:
    from convzoo.training import train_srgan

    run = train_srgan(options)
    best = run.best
    _print_best(
        run,
        f", perceptual distance {best['perceptual']:.4f}, "
        f"PSNR {best['psnr_y']:.3f} dB on Y",
    )


def _classifier(options: ClassifierOptions) -> None:
    from convzoo.training import train_classifier

    run = train_classifier(options)
    accuracy = run.best.get("validation_accuracy")
    found = "" if accuracy is None else f", validation accuracy {accuracy:.1%}"
    _print_best(run, found)


def _ball(options: BallOptions) -> None:
    from convzoo.training import train_ball

    run = train_ball(options)
    distance = run.best.get("validation_distance")
    found = "" if distance is None else f", mean distance {distance:.2f} m"
    _print_best(run, found)


# Options, what runs, and the help of each recipe.
RECIPES: dict[str, tuple[type, Callable[[Any], None], str]] = {
    "sr": (SROptions, _sr, "Train a super-resolution network."),
    "srgan": (
        SRGANOptions,
        _srgan,
        "Train a super-resolution network, then with a discriminator.",
    ),
    "classifier": (
        ClassifierOptions,
        _classifier,
        "Train a classifier of images of any size.",
    ),
    "ball": (
        BallOptions,
        _ball,
        "Train a predictor of the ball from the players.",
    ),
}
_RESUMES = "A run that was stopped or killed is resumed by the same command."

train_app = App(name="train", help=f"Train a model.\n\n{_RESUMES}")


def _started(run: Callable[[Any], None]) -> Callable[[Any], None]:
    def start(options: Any) -> None:
        data = options.data
        check_there(data if isinstance(data, list) else [data])
        if options.verbose == "auto" and not sys.stdout.isatty():
            # A progress bar in a file would be one long line.
            options = dataclasses.replace(options, verbose=2)
        run(options)

    return start


for _name, (_options, _run, _doc) in RECIPES.items():
    train_app.command(
        command_of(_options, _started(_run), f"{_doc}\n\n{_RESUMES}"),
        name=_name,
    )


def _print_best(run: "Run", found: str) -> None:
    """Print where the best weights are, and their validation figures."""
    print(
        f"best: epoch {run.best['epoch'] + 1} of {run.epochs_done}{found}: "
        f"{run.folder / 'best'}"
    )
