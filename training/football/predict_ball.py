"""What a predictor of the ball says of tracking data, in metres."""

import numpy as np

from convzoo.common.checks import check_positive
from convzoo.training.football.drawing.pitch_view import view_of
from convzoo.training.football.drawing.render_pitch import render_pitch
from convzoo.training.football.tracking.tracking import (
    Tracking,
    check_frames,
    check_pitch,
)
from convzoo.training.football.tracking.with_past import with_past_of
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

_LENGTHS = ("radius_50", "radius_90")


def predict_ball(
    model: BallPositionPredictor,
    tracking: Tracking,
    batch_size: int = 256,
    heatmaps: bool = False,
) -> dict[str, np.ndarray]:
    """What a model says of each frame.

    A model of pictures gets those that `render_pitch` draws.

    Args:
        model: a `BallPositionPredictor`.
        tracking: a `Tracking`, with a frame. Of a model of several frames,
            see `with_past_of`.
        batch_size: frames at once.
        heatmaps: whether to keep them; those of a game would fill the memory.

    Returns:
        A dictionary of arrays: `position`, `radius_50` and `radius_90`, in
        metres; of a model of players `carrier` and `team` too; and `heatmap`,
        whose row 0 has the smallest y, see `map_edges`.

    Raises:
        ValueError: the pitch is not the one that the model was trained for, or
            it needs frames before, and no times are known.
    """
    check_positive("batch_size", batch_size)
    check_frames(tracking)
    check_pitch(tracking, model)
    tracking = with_past_of(tracking, model)
    batches = [
        _of_batch(model, tracking[start : start + batch_size], heatmaps)
        for start in range(0, len(tracking), batch_size)
    ]
    return {
        name: np.concatenate([batch[name] for batch in batches])
        for name in batches[0]
    }


def _of_batch(
    model: BallPositionPredictor, frames: Tracking, heatmaps: bool
) -> dict[str, np.ndarray]:
    if model.sees == "players":
        outputs = model.predict_on_batch(frames.inputs())
    else:
        outputs = _of_pictures(model, frames)
    if not heatmaps:
        del outputs["heatmap"]
    return outputs


def _of_pictures(
    model: BallPositionPredictor, frames: Tracking
) -> dict[str, np.ndarray]:
    view = view_of(model)
    outputs = model.predict_on_batch(
        render_pitch(frames.players, frames.team, frames.velocities, view)
    )
    radii = {n: outputs[n] / view.pixels_per_metre for n in _LENGTHS}
    return {
        "position": view.metres(outputs["position"]),
        **radii,
        "heatmap": outputs["heatmap"][:, ::-1],
    }
