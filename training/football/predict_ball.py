"""What a predictor of the ball says of tracking data, in metres."""

import numpy as np

from convzoo.common.checks import check_positive
from convzoo.training.football.drawing.pitch_view import PitchView
from convzoo.training.football.drawing.render_pitch import render_pitch
from convzoo.training.football.tracking.with_past import with_past
from convzoo.zoo.football.pitch import map_of

_LENGTHS = ("radius_50", "radius_90")


def predict_ball(model, tracking, batch_size=256, heatmaps=False):
    """What a model says of each frame.

    A model of pictures gets those that `render_pitch` draws.

    Args:
        model: a `BallPositionPredictor`.
        tracking: a `Tracking`, with a frame. Of a model of several frames,
            see `of_model`.
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
    tracking = of_model(tracking, model)
    batches = [
        _of_batch(model, tracking[start : start + batch_size], heatmaps)
        for start in range(0, len(tracking), batch_size)
    ]
    return {
        name: np.concatenate([batch[name] for batch in batches])
        for name in batches[0]
    }


def of_model(tracking, model):
    """The same frames, with as many before each as the model takes.

    To be done before frames are chosen: those that are left out are the past
    of others.
    """
    same = tracking.past.shape[1] == model.frames - 1
    if same and (model.frames == 1 or tracking.past_rate == model.frame_rate):
        return tracking
    return with_past(tracking, model.frames, model.frame_rate)


def check_frames(tracking):
    """Raise a `ValueError` if there is no frame."""
    if not len(tracking):
        raise ValueError("`tracking` must have a frame. Received: none")


def check_pitch(tracking, model):
    """Raise a `ValueError` unless a model was trained for this pitch."""
    if tuple(tracking.pitch) != tuple(model.pitch):
        raise ValueError(
            f"`tracking` must have the pitch of the model, {model.pitch}. "
            f"Received: {tracking.pitch}"
        )


def map_edges(model):
    """Left, right, bottom and top of a heatmap, in metres."""
    if model.sees == "players":
        length, width = map_of(model.pitch, model.cell)[1]
        return -length / 2, length / 2, -width / 2, width / 2
    view = view_of(model)
    rows, columns = model.branch.whole(view.size)
    corners = view.metres(np.array([[0, rows], [columns, 0]], "float32"))
    (left, bottom), (right, top) = corners.tolist()
    return left, right, bottom, top


def view_of(model):
    """The `PitchView` of the pictures that a model was trained for."""
    return PitchView(model.pixels_per_metre, model.pitch)


def _of_batch(model, frames, heatmaps):
    if model.sees == "players":
        outputs = model.predict_on_batch(frames.inputs())
    else:
        outputs = _of_pictures(model, frames)
    if not heatmaps:
        del outputs["heatmap"]
    return outputs


def _of_pictures(model, frames):
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
