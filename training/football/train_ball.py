"""The recipe of a predictor of the ball from the players."""

import os

import keras
import numpy as np

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_fraction,
    check_number,
    check_positive,
    check_seed,
)
from convzoo.training.football.ball_augmentation import BallAugmentation
from convzoo.training.football.ball_frames import BallFrames
from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.drawing.pitch_view import view_of
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.read_tracking import read_with_past
from convzoo.training.optimization import (
    SCHEDULES,
    averaged_adamw,
    check_patience,
    check_whole_epochs,
    falling_rate,
    jit_compile,
)
from convzoo.training.run import Run
from convzoo.training.tensorboard import Curves
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

_OF_THE_NETWORK = (
    "sees",
    "spatial",
    "map_width",
    "pitch",
    "pixels_per_metre",
    "frames",
    "frame_rate",
    "width",
    "depth",
    "heads",
    "dropout",
)
_OF_AUGMENTATION = (
    "jitter",
    "stretch",
    "drop_velocities",
    "drop_players",
    "crop",
)


def train_ball(
    data,
    out,
    hold_out=0.1,
    sees="players",
    spatial="dilated",
    map_width=32,
    pitch=(105.0, 68.0),
    pixels_per_metre=4.0,
    frames=1,
    frame_rate=None,
    width=96,
    depth=4,
    heads=3,
    dropout=0.1,
    steps=12000,
    stop=None,
    epoch_steps=400,
    batch_size=64,
    shares=None,
    jitter=0.2,
    stretch=0.05,
    drop_velocities=0.3,
    drop_players=0.1,
    crop=0.15,
    learning_rate=1e-3,
    schedule="cosine",
    weight_decay=0.02,
    ema=0.998,
    patience=None,
    seed=0,
    tensorboard=False,
    verbose="auto",
):
    """Train a `BallPositionPredictor` by AdamW.

    Called again with the same arguments, it goes on where it was stopped or
    killed, and ends with the same weights.

    Args:
        data: paths of files, see `read_tracking`. Frames of their test, and
            frames without a ball, are not used.
        out: folder of the run, see `Run`.
        hold_out: share of each game that chooses the best weights, by the mean
            distance to the ball over the games, see `Tracking.split`. 0 keeps
            none, and the last weights are the best.
        sees: `"players"`, or `"image"` for pictures of them, which
            `render_pitch` draws; see `BallPositionPredictor`, and so for the
            next ten.
        spatial: how far the network over the map sees.
        map_width: channels of the network over the map.
        pitch: length and width, in metres.
        pixels_per_metre: of pictures.
        frames: how many a model sees; above 1 the files need times, see
            `with_past`.
        frame_rate: of them, in frames a second.
        width: channels of a player's token.
        depth: how often players see each other.
        heads: in how many ways at once.
        dropout: share of what is added to a token that is dropped.
        steps: to train for; a multiple of `epoch_steps`.
        stop: None, or the step at which to stop, another multiple, while the
            rate falls as for all `steps`: to learn from all frames as long as
            was best where some were held out. A run may go on to a later one.
        epoch_steps: after which the run is saved and validated.
        batch_size: frames in a batch.
        shares: of each file in a batch, see `BallFrames`.
        jitter: see `BallAugmentation`, and so for the next four.
        stretch: share of the pitch.
        drop_velocities: share of frames.
        drop_players: share of players.
        crop: share of frames.
        learning_rate: at the start.
        schedule: `"cosine"` (falls to 0) or `"halving"` (by half, five times).
        weight_decay: of AdamW.
        ema: momentum of the moving average of the weights, which is what is
            validated and kept.
        patience: None, or epochs without a better score after which to stop.
        seed: of the first weights, the batches and the augmentation.
        tensorboard: whether to write `out/tensorboard` too.
        verbose: as in `keras.Model.fit`.

    Returns:
        The `Run`; its folder holds the weights.

    Raises:
        ValueError: an argument is not as described, or a file cannot be used.
    """
    settings = dict(locals())
    for name in ("out", "stop", "tensorboard", "verbose"):
        del settings[name]
    paths = [data] if isinstance(data, (str, os.PathLike)) else list(data)
    _check(settings, paths)
    stop = steps if stop is None else stop
    _check_stop(stop, settings)
    check_flag("tensorboard", tensorboard)
    keras.utils.set_random_seed(seed)
    model = BallPositionPredictor(
        **{name: settings[name] for name in _OF_THE_NETWORK}
    )
    games = [
        _learned(path, read_with_past(path, pitch, frames, frame_rate))
        for path in paths
    ]
    parts = [game.split(hold_out) for game in games]
    held_out = [held for _, held in parts if len(held)]
    settings["data"] = [
        f"{len(game)} frames, {game.fingerprint}" for game in games
    ]
    batches = BallFrames(
        [learned for learned, _ in parts],
        batch_size,
        epoch_steps,
        BallAugmentation(**{n: settings[n] for n in _OF_AUGMENTATION}),
        seed,
        view_of(model) if sees == "image" else None,
        shares,
    )
    settings["model"] = model.arguments
    run = Run(
        out,
        settings,
        lambda model: _figures(model, held_out),
        score="-validation_distance" if held_out else "epoch",
        patience=patience,
    )
    _compile(model, settings)
    callbacks = [Curves(run.folder)] if tensorboard else []
    run.train(model, batches, stop // epoch_steps, verbose, callbacks)
    return run


def _learned(path, game):
    learned = game.learned
    if not len(learned):
        raise ValueError(
            f"{path}: has no frame to learn from, with a ball and outside of "
            "the test"
        )
    return learned


def _check(settings, paths):
    if not paths:
        raise ValueError("`data` must name a file. Received: none")
    check_choice("schedule", settings["schedule"], SCHEDULES)
    for name in ("steps", "epoch_steps", "batch_size"):
        check_positive(name, settings[name])
    check_whole_epochs("steps", settings["steps"], settings["epoch_steps"])
    check_fraction("hold_out", settings["hold_out"])
    check_above("learning_rate", settings["learning_rate"], 0)
    check_number("weight_decay", settings["weight_decay"], 0)
    check_number("ema", settings["ema"], 0, 1)
    check_seed(settings["seed"])
    check_patience(settings["patience"], settings["hold_out"] > 0)


def _check_stop(stop, settings):
    check_positive("stop", stop)
    check_whole_epochs("stop", stop, settings["epoch_steps"])
    if stop > settings["steps"]:
        raise ValueError(
            "`stop` must be at most `steps`. "
            f"Received: stop={stop}, steps={settings['steps']}"
        )


def _compile(model, settings):
    rate = falling_rate(
        settings["learning_rate"], settings["steps"], settings["schedule"]
    )
    optimizer = averaged_adamw(
        rate, settings["weight_decay"], settings["ema"], global_clipnorm=1.0
    )
    model.compile(optimizer, jit_compile=jit_compile())
    optimizer.build(model.trainable_variables)


def _figures(model, held_out):
    """Means over the games."""
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
