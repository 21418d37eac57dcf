"""Training recipe of a model that follows the ball over time."""

import keras
import numpy as np

from convzoo.common.option import arguments_of
from convzoo.common.types import PathLike
from convzoo.presets import find_preset
from convzoo.presets.preset import sha256
from convzoo.training.football.motion_game import MotionGame, motion_game
from convzoo.training.football.motion_options import MotionOptions
from convzoo.training.football.motion_radii import motion_radii
from convzoo.training.football.motion_sequences import MotionSequences
from convzoo.training.football.tracking.read_tracking import read_tracking
from convzoo.training.football.tracking.runs_of_play import frame_times
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
from convzoo.zoo.copied import copied
from convzoo.zoo.football.ball_motion import BallMotion
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

# Number of batches of held-out sequences.
_VALIDATION_STEPS = 8


@recipe(MotionOptions)
def train_ball_motion(options: MotionOptions) -> Run:
    """Train a `BallMotion` by AdamW.

    Takes `MotionOptions`, or the same arguments. Called again with the same
    options, it resumes where it was stopped or killed, and ends with the same
    weights. At its end, the radii of the best weights are calibrated on what is
    held out.

    Returns:
        The `Run`; its folder holds the weights.

    Raises:
        ValueError: An option is not as described, a file cannot be used, or
            the loss became NaN.
    """
    tracks = [_read(path, options) for path in options.paths]
    data = [f"{len(each)} frames, {each.fingerprint}" for each in tracks]
    parts = [each.split(options.hold_out) for each in tracks]
    # Each is compiled once.
    models = {
        name: BallPositionPredictor.from_preset(name)
        for name in {*options.ball_models}
    }
    learned, held_out = (
        _games([pair[index] for pair in parts], models, options)
        for index in (0, 1)
    )
    keras.utils.set_random_seed(options.seed)
    model = BallMotion(**arguments_of(BallMotion, options))
    batches = _sequences(learned, options, options.epoch_steps, options.seed)
    # Other balls are hidden than in training, in each epoch the same.
    held = [each for each in held_out if len(each.ball)]
    validation = (
        _sequences(held, options, _VALIDATION_STEPS, options.seed + 1)
        if held
        else None
    )
    digests = [sha256(find_preset(n).weights_path) for n in options.ball_models]
    run = Run(
        options.out,
        run_settings(options, model, data=data, ball_model=digests),
        lambda model: _figures(model, validation),
        score="-validation_distance" if validation else "epoch",
        patience=options.patience,
        extend=options.extend,
        save_minutes=options.save_minutes,
    )
    rate = falling_rate(options.learning_rate, options.steps, options.schedule)
    optimizer = averaged_adamw(
        rate, options.weight_decay, options.ema, global_clipnorm=1.0
    )
    model.compile(optimizer, jit_compile=jit_compile())
    optimizer.build(model.trainable_variables)
    callbacks = [Curves(run.folder)] if options.tensorboard else []
    run.train(model, batches, options.steps, options.verbose, callbacks)
    if validation is not None:
        _calibrate(run, validation)
    return run


def _read(path: PathLike, options: MotionOptions) -> Tracking:
    """The frames of a file to learn from, with times."""
    tracking = read_tracking(path, options.pitch)
    times = frame_times(tracking, 1 / options.data_rate)
    tracking = tracking.with_(time=times)[~tracking.test]
    if not tracking.has_ball.any():
        raise ValueError(
            f"{path}: has no training frame with a known ball outside of the "
            "test split"
        )
    return tracking


def _games(
    parts: list[Tracking],
    models: dict[PathLike, BallPositionPredictor],
    options: MotionOptions,
) -> list[MotionGame]:
    return [
        motion_game(
            each, models[name], options.frame_rate, flips=options.ball_flips
        )
        for each, name in zip(parts, options.ball_models, strict=True)
        if len(each)
    ]


def _sequences(
    games: list[MotionGame], options: MotionOptions, steps: int, seed: int
) -> MotionSequences:
    same = len(games) == len(options.paths)
    return MotionSequences(
        games,
        options.length,
        options.frame_rate,
        options.causal,
        options.batch_size,
        steps,
        options.noise,
        seed,
        options.shares if same else None,
    )


def _figures(
    model: BallMotion, validation: MotionSequences | None
) -> dict[str, float]:
    """Mean distance to hidden balls, and the shares in the radii."""
    if validation is None:
        return {}
    distance, radii = distances_of(model, validation)
    return {
        "validation_distance": float(distance.mean()),
        **{
            f"validation_coverage_{share}": float((distance <= radius).mean())
            for share, radius in zip((50, 90), radii, strict=True)
        },
    }


def distances_of(
    model: BallMotion, sequences: MotionSequences
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Distances to hidden balls `(balls,)` in metres, and the two radii."""
    distances, radii = [], []
    for index in range(len(sequences)):
        inputs, ball = sequences[index]
        found = model.predict_on_batch(inputs)
        apart = np.linalg.norm(found["position"] - ball, axis=2)
        counted = ~np.isnan(apart)
        distances.append(apart[counted])
        radii.append(
            [found[name][counted] for name in ("radius_50", "radius_90")]
        )
    return np.concatenate(distances), [
        np.concatenate(each) for each in zip(*radii, strict=True)
    ]


def _calibrate(run: Run, validation: MotionSequences) -> None:
    model = BallMotion.from_preset(run.folder)
    distance, radii = distances_of(model, validation)
    scales = motion_radii(distance, radii, model.radius_scales)
    run.replace_best(copied(model, radius_scales=scales))
