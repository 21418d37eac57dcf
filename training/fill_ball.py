"""Where the ball was in the frames in which nobody saw it."""

import csv
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from convzoo.training.tracking import Tracking

_COLUMNS = (
    "frame",
    "x",
    "y",
    "radius_50",
    "radius_90",
    "carrier",
    "team_1",
    "source",
)


class FilledBall(NamedTuple):
    """What `fill_ball` returns.

    Attributes:
        tracking: the same frames; `ball` is known in all that have a player.
        filled: booleans `(frames,)`, whose ball a model put there.
        radius_50, radius_90: `(frames,)`, metres around the ball in which it is
            with that probability; 0 where it was known, NaN where it is not.
        carrier: `(frames,)`, index of the player who most likely has the ball;
            -1 where nobody is seen.
        team: `(frames,)`, the probability that it is one of team 1.
    """

    tracking: Tracking
    filled: np.ndarray
    radius_50: np.ndarray
    radius_90: np.ndarray
    carrier: np.ndarray
    team: np.ndarray


def fill_ball(tracking, model, batch_size=256):
    """Put the ball where a model thinks that it was, where it is not known.

    Args:
        tracking: a `Tracking`.
        model: a `BallPositionPredictor` of single frames.
        batch_size: frames at once.

    Returns:
        A `FilledBall`.

    Raises:
        ValueError: the pitch is not the one that the model was trained for.
    """
    if tuple(tracking.pitch) != tuple(model.pitch):
        raise ValueError(
            f"`tracking` must have the pitch of the model, {model.pitch}. "
            f"Received: {tracking.pitch}"
        )
    outputs = model.predict(tracking.inputs(), batch_size=batch_size, verbose=0)
    known = tracking.has_ball
    seen = ~np.isnan(tracking.players).any(2)
    filled = ~known & seen.any(1)
    radii = [
        np.where(filled, outputs[name], np.where(known, 0, np.nan))
        for name in ("radius_50", "radius_90")
    ]
    position = np.expand_dims(filled, 1)
    carrier = np.where(seen.any(1), outputs["carrier"].argmax(1), -1)
    return FilledBall(
        tracking.with_ball(
            np.where(position, outputs["position"], tracking.ball)
        ),
        filled,
        *radii,
        carrier,
        np.where(seen.any(1), outputs["team"], np.nan),
    )


def check_target(path, overwrite=False):
    """Refuse early what `write_ball` would refuse after the work is done.

    Raises:
        ValueError: the file is there, or its folder is not.
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise ValueError(f"{path}: exists already; pass overwrite to replace")
    if not path.parent.is_dir():
        raise ValueError(f"{path}: the folder {path.parent} does not exist")


def write_ball(found, path, overwrite=False):
    """Write a row for each frame as CSV.

    `frame` counts from 0, `x`, `y` and the radii are in metres, `carrier` is
    the index of a player, `team_1` a probability, and `source` is `data`,
    `model` or `none`. What is not known is empty.

    Args:
        found: a `FilledBall`.
        path: of the file.
        overwrite: whether to replace one that is there.

    Raises:
        ValueError: the file is there, or cannot be written.
    """
    check_target(path, overwrite)
    path = Path(path)
    temporary = path.with_name(f"writing.{path.name}")
    try:
        with open(temporary, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows(_rows(found))
        os.replace(temporary, path)
    except OSError as error:
        raise ValueError(
            f"{path}: cannot be written ({error.strerror})"
        ) from error


def _rows(found):
    for frame, (x, y) in enumerate(found.tracking.ball):
        source = "model" if found.filled[frame] else "data"
        carrier = found.carrier[frame]
        yield (
            frame,
            *map(_text, (x, y)),
            _text(found.radius_50[frame]),
            _text(found.radius_90[frame]),
            "" if carrier < 0 else carrier,
            _text(found.team[frame]),
            "none" if np.isnan(x) else source,
        )


def _text(number):
    return "" if np.isnan(number) else f"{number:.3f}"
