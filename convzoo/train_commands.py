"""`convzoo train`: one command per recipe, derived from its options."""

import dataclasses
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cyclopts import App

from convzoo.options import check_there, command_of
from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.football.ball_options import BallOptions
from convzoo.training.football.motion_options import MotionOptions
from convzoo.training.super_resolution.sr_options import SROptions
from convzoo.training.super_resolution.srgan_options import SRGANOptions

if TYPE_CHECKING:
    from convzoo.training import Run


def _sr(options: SROptions) -> None:
    from convzoo.training import train_sr

    _print_best(
        train_sr(options), lambda best: f"PSNR {best['psnr_y']:.3f} dB on Y"
    )


def _srgan(options: SRGANOptions) -> None:
    from convzoo.training import train_srgan

    _print_best(
        train_srgan(options),
        lambda best: (
            f"perceptual distance {best['perceptual']:.4f}, "
            f"PSNR {best['psnr_y']:.3f} dB on Y"
        ),
    )


def _classifier(options: ClassifierOptions) -> None:
    from convzoo.training import train_classifier

    _print_best(
        train_classifier(options),
        lambda best: (
            f"validation accuracy {best['validation_accuracy']:.1%} "
            f"of {best['validation_images']} images"
        ),
    )


def _ball(options: BallOptions) -> None:
    from convzoo.training import train_ball

    _print_best(train_ball(options), _distance)


def _ball_motion(options: MotionOptions) -> None:
    from convzoo.training import train_ball_motion

    _print_best(train_ball_motion(options), _distance)


def _distance(best: dict[str, Any]) -> str:
    return f"mean distance {best['validation_distance']:.2f} m"


def _print_best(run: "Run", told: Callable[[dict[str, Any]], str]) -> None:
    """Print where the best weights are, and their validation figures."""
    best = run.best
    if best is None:
        return
    parts = []
    # The only one is no choice.
    if run.epochs_done > 1:
        parts.append(f"epoch {best['epoch'] + 1} of {run.epochs_done}")
    # Without validation, there are no figures.
    with suppress(KeyError):
        parts.append(told(best))
    print(
        ": ".join(
            filter(None, ["best", ", ".join(parts), str(run.folder / "best")])
        )
    )


# Options, function and help text of each recipe.
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
    "ball-motion": (
        MotionOptions,
        _ball_motion,
        "Train a model that follows the ball over time.",
    ),
}
_RESUMES = "A run that was stopped or killed is resumed by the same command."

train_app = App(name="train", help=f"Train a model.\n\n{_RESUMES}")


def _started(run: Callable[[Any], None]) -> Callable[[Any], None]:
    def start(options: Any) -> None:
        data = options.data
        check_there(data if isinstance(data, list) else [data])
        if getattr(options, "validation", None) is not None:
            check_there([options.validation])
        if options.verbose == "auto" and not sys.stdout.isatty():
            # Redrawn progress bars are unreadable in a file.
            options = dataclasses.replace(options, verbose=2)
        run(options)

    return start


for _name, (_options, _run, _doc) in RECIPES.items():
    train_app.command(
        command_of(_options, _started(_run), f"{_doc}\n\n{_RESUMES}"),
        name=_name,
    )
