"""Ball position prediction on tracking data, in metres."""

import functools
from collections.abc import Callable

import keras
import numpy as np

from convzoo.common.checks import check_flag, check_positive
from convzoo.training.football.drawing.pitch_view import view_of
from convzoo.training.football.drawing.render_pitch import render_pitch
from convzoo.training.football.tracking.tracking import (
    Tracking,
    check_frames,
)
from convzoo.training.football.tracking.with_past import with_past_for
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor
from convzoo.zoo.football.chosen_views import ChosenViews

_LENGTHS = ("radius_50", "radius_90")


def predict_ball(
    model: BallPositionPredictor,
    tracking: Tracking,
    batch_size: int = 64,
    heatmaps: bool = False,
    flips: bool | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> dict[str, np.ndarray]:
    """Predict the ball in each frame.

    A model with image inputs receives the images that `render_pitch` draws.
    Frames of another pitch are scaled to that of the model, and positions and
    radii are scaled back.

    Args:
        model: A `BallPositionPredictor`.
        tracking: A `Tracking` with at least one frame. For models of several
            frames, see `with_past_for`.
        batch_size: Batch size. The last batch is padded to it: another shape
            would be compiled anew.
        heatmaps: Whether to return heatmaps. Those of a whole game would fill
            the memory.
        flips: Whether to average four mirrored views. None for the model's
            `flips`.
        progress: Called after each batch with the number of predicted frames
            and of all frames.

    Returns:
        A dictionary of arrays: `position`, `radius_50` and `radius_90`, in
        metres; `carrier` and `team`, from a model of players; and `heatmap`, if
        requested, whose row 0 has the smallest y, see `map_edges`.

    Raises:
        ValueError: If the model needs past frames and times are unknown.
    """
    check_positive("batch_size", batch_size)
    if flips is not None:
        check_flag("flips", flips)
    check_frames(tracking)
    scale = np.array(tracking.pitch) / model.pitch
    tracking = with_past_for(tracking, model).scaled_to(model.pitch)
    asked: keras.Model = model
    if flips is not None and flips != model.flips:
        asked = _with_views(model, flips, model.run_eagerly)
    # For a few images, padding would take longer than compiling.
    whole = model.sees == "players" or len(tracking) > batch_size
    batches = []
    for start in range(0, len(tracking), batch_size):
        frames = tracking[start : start + batch_size]
        count = len(frames)
        if whole:
            frames = _padded(frames, batch_size)
        outputs = _predict_batch(model, asked, frames)
        if not heatmaps:
            del outputs["heatmap"]
        batches.append({n: array[:count] for n, array in outputs.items()})
        if progress is not None:
            progress(start + count, len(tracking))
    found = {
        name: np.concatenate([batch[name] for batch in batches])
        for name in batches[0]
    }
    return _scaled(found, scale)


def _scaled(
    outputs: dict[str, np.ndarray], scale: np.ndarray
) -> dict[str, np.ndarray]:
    if (scale == 1).all():
        return outputs
    # Scaled by the larger factor: a circle must not lose probability.
    radii = {n: outputs[n] * np.float32(scale.max()) for n in _LENGTHS}
    position = outputs["position"] * scale.astype("float32")
    return {**outputs, **radii, "position": position}


def _padded(frames: Tracking, count: int) -> Tracking:
    """Repeat the last frame up to a number of frames."""
    if len(frames) == count:
        return frames
    return frames[np.minimum(np.arange(count), len(frames) - 1)]


# Each has a compiled function. Only the last models stay in memory.
@functools.lru_cache(maxsize=2)
def _with_views(
    model: BallPositionPredictor, flips: bool, run_eagerly: bool
) -> ChosenViews:
    asked = ChosenViews(model, flips)
    asked.run_eagerly = run_eagerly
    return asked


def _predict_batch(
    model: BallPositionPredictor, asked: keras.Model, frames: Tracking
) -> dict[str, np.ndarray]:
    if model.sees == "players":
        return asked.predict_on_batch(frames.inputs())
    return _predict_images(model, asked, frames)


def _predict_images(
    model: BallPositionPredictor, asked: keras.Model, frames: Tracking
) -> dict[str, np.ndarray]:
    view = view_of(model)
    outputs = asked.predict_on_batch(
        render_pitch(frames.players, frames.team, frames.velocities, view)
    )
    radii = {n: outputs[n] / view.pixels_per_metre for n in _LENGTHS}
    return {
        "position": view.metres(outputs["position"]),
        **radii,
        "heatmap": outputs["heatmap"][:, ::-1],
    }
