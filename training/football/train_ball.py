"""Training recipe of a predictor of the ball from the players."""

import keras
import numpy as np

from convzoo.common.option import arguments_of
from convzoo.common.types import PathLike
from convzoo.training.football.ball_frames import BallFrames
from convzoo.training.football.ball_options import BallOptions
from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.drawing.pitch_view import view_of
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.read_tracking import read_with_past
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.optimization import (
    averaged_adamw,
    falling_rate,
    jit_compile,
)
from convzoo.training.recipe import recipe
from convzoo.training.run import Run
from convzoo.training.run_settings import run_settings
from convzoo.training.tensorboard import Curves
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor


@recipe(BallOptions)
def train_ball(options: BallOptions) -> Run:
    """Train a `BallPositionPredictor` by AdamW.

    Takes `BallOptions`, or the same arguments. Called again with the same
    options, it resumes where it was stopped or killed, and ends with the same
    weights.

    Returns:
        The `Run`; its folder holds the weights.

    Raises:
        ValueError: An option is not as described, a file cannot be used, or
            the loss became NaN.
    """
    keras.utils.set_random_seed(options.seed)
    model = _build(options)
    games = [_read(path, options) for path in options.paths]
    parts = [game.split(options.hold_out) for game in games]
    held_out = [held for _, held in parts if len(held)]
    data = [f"{len(game)} frames, {game.fingerprint}" for game in games]
    batches = BallFrames(
        [learned for learned, _ in parts],
        options.batch_size,
        options.epoch_steps,
        options.augmentation(),
        options.seed,
        view_of(model) if options.sees == "image" else None,
        options.shares,
    )
    run = Run(
        options.out,
        run_settings(options, model, data=data),
        lambda model: _figures(model, held_out),
        score="-validation_distance" if held_out else "epoch",
        patience=options.patience,
        extend=options.extend,
        save_minutes=options.save_minutes,
    )
    _compile(model, options)
    callbacks = [Curves(run.folder)] if options.tensorboard else []
    stop = options.steps if options.stop is None else options.stop
    run.train(model, batches, stop, options.verbose, callbacks)
    return run


def _build(options: BallOptions) -> BallPositionPredictor:
    """A predictor with its initial weights."""
    arguments = arguments_of(BallPositionPredictor, options)
    if options.init is None:
        return BallPositionPredictor(**arguments)
    # Training needs the plain distribution; `ball_temperature` calibrates it.
    return BallPositionPredictor.from_preset(
        options.init, **arguments, temperature=1.0
    )


def _read(path: PathLike, options: BallOptions) -> Tracking:
    """The frames of a file to learn from."""
    learned = read_with_past(
        path, options.pitch, options.frames, options.frame_rate
    ).learned
    if not len(learned):
        raise ValueError(
            f"{path}: has no training frame with a known ball outside of the "
            "test split"
        )
    return learned


def _compile(model: BallPositionPredictor, options: BallOptions) -> None:
    rate = falling_rate(options.learning_rate, options.steps, options.schedule)
    optimizer = averaged_adamw(
        rate, options.weight_decay, options.ema, global_clipnorm=1.0
    )
    model.compile(optimizer, jit_compile=jit_compile())
    optimizer.build(model.trainable_variables)


def _figures(
    model: BallPositionPredictor, held_out: list[Tracking]
) -> dict[str, float]:
    """Validation figures, averaged over the games."""
    if not held_out:
        return {}
    qualities = [
        ball_quality(game, predict_ball(model, game)) for game in held_out
    ]
    names = {"distance": "mean", "coverage_90": "coverage_90"}
    if model.sees == "players":
        names["top_1"] = "top_1"
    return {
        f"validation_{title}": float(
            np.mean([getattr(quality, name) for quality in qualities])
        )
        for title, name in names.items()
    }
