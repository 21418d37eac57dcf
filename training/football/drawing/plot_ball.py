"""Plots of a single frame with the predicted ball."""

from collections.abc import Iterator, Sequence

import numpy as np

from convzoo.common.checks import is_integer
from convzoo.common.output_file import renamed
from convzoo.common.types import PathLike
from convzoo.training.football.drawing.ball_scene import (
    BallScene,
)
from convzoo.training.football.drawing.check_drawing import check_plot
from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.tracking import Tracking, check_frames
from convzoo.training.football.tracking.with_past import with_past_for
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor


def choose_frame(tracking: Tracking, frame: int | None = None) -> int:
    """Select the frame of a plot.

    Args:
        tracking: A `Tracking`.
        frame: Index of the frame. None for the first frame with visible players
            and a missing ball, or else the first frame.

    Returns:
        The index.

    Raises:
        ValueError: If the index is out of range.
    """
    check_frames(tracking)
    if frame is None:
        seen = ~np.isnan(tracking.players).any(2)
        # `argmax` returns the first True, or 0 if there is none.
        return int(np.argmax(~tracking.has_ball & seen.any(1)))
    if not is_integer(frame) or not 0 <= frame < len(tracking):
        raise ValueError(
            f"`frame` must be an integer from 0 to {len(tracking) - 1}, the "
            f"last frame. Received: frame={frame!r}"
        )
    return frame


def plot_ball(
    tracking: Tracking,
    model: BallPositionPredictor,
    path: PathLike,
    frame: int | None = None,
    overwrite: bool = False,
    found: FilledBall | None = None,
) -> int:
    """Plot a frame: players, runs and the predicted ball.

    Args:
        tracking: A `Tracking`, with the true ball where known.
        model: A `BallPositionPredictor`.
        path: Path of the plot: `.png`, `.pdf` or `.svg`.
        frame: Index of the frame, see `choose_frame`.
        overwrite: Whether to replace an existing file.
        found: The result of `fill_ball`, whose ball and carrier are drawn in
            place of those of the frame alone. The cloud is always of the frame.

    Returns:
        The index of the frame.

    Raises:
        ValueError: As in `check_plot` and `choose_frame`, or if the file cannot
            be written.
    """
    check_plot(path, overwrite)
    frame = choose_frame(tracking, frame)
    scene = BallScene(tracking, model, [frame])
    (said,) = say_where(tracking, model, [frame], found)
    scene.show(frame, said)
    with renamed(path) as temporary:
        scene.figure.savefig(temporary)
    return frame


def say_where(
    tracking: Tracking,
    model: BallPositionPredictor,
    frames: Sequence[int],
    found: FilledBall | None = None,
) -> Iterator[dict[str, np.ndarray]]:
    """Yield the predictions for some frames.

    Only these frames are predicted: heatmaps of a whole game are large.
    """
    chosen = with_past_for(tracking, model)[frames]
    outputs = predict_ball(model, chosen, heatmaps=True)
    for index, frame in enumerate(frames):
        said = {name: array[index] for name, array in outputs.items()}
        yield said if found is None else _filled(said, found, frame)


def _filled(
    said: dict[str, np.ndarray], found: FilledBall, frame: int
) -> dict[str, np.ndarray]:
    """A prediction with the ball and the carrier of `fill_ball`."""
    if not found.filled[frame]:
        return said
    followed = {
        "position": found.tracking.ball[frame],
        "radius_50": found.radius_50[frame],
        "radius_90": found.radius_90[frame],
    }
    carrier = found.carrier[frame]
    if "carrier" in said and carrier >= 0:
        odds = np.zeros_like(said["carrier"])
        odds[carrier] = found.certainty[frame]
        followed["carrier"] = odds
    return {**said, **followed}
