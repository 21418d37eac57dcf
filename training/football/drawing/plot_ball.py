"""A picture of a frame, with where the ball may be."""

from collections.abc import Iterator, Sequence

import numpy as np

from convzoo.common.checks import is_integer
from convzoo.common.output_file import check_target, renamed
from convzoo.common.types import PathLike
from convzoo.training.football.drawing.ball_scene import (
    BallScene,
    check_packages,
)
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.tracking import Tracking, check_frames
from convzoo.training.football.tracking.with_past import with_past_of
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

_SUFFIXES = (".png", ".pdf", ".svg")


def check_plot(path: PathLike, overwrite: bool = False) -> None:
    """Refuse early what `plot_ball` would refuse after the work is done.

    Raises:
        ValueError: the file is there, its folder is not, its name ends with
            nothing that can be drawn, or mplsoccer is not installed.
    """
    check_target(path, _SUFFIXES, overwrite)
    check_packages()


def choose_frame(tracking: Tracking, frame: int | None = None) -> int:
    """Which frame to draw.

    Args:
        tracking: a `Tracking`.
        frame: its index; None for the first in which somebody is seen and the
            ball is not, or else the first.

    Returns:
        Its index.

    Raises:
        ValueError: there is no such frame.
    """
    check_frames(tracking)
    if frame is None:
        seen = ~np.isnan(tracking.players).any(2)
        # Of booleans alike, the first is the largest.
        return int(np.argmax(~tracking.has_ball & seen.any(1)))
    if not is_integer(frame) or not 0 <= frame < len(tracking):
        raise ValueError(
            f"`frame` must be an integer from 0 to {len(tracking) - 1}, the "
            f"last of these frames. Received: frame={frame!r}"
        )
    return frame


def plot_ball(
    tracking: Tracking,
    model: BallPositionPredictor,
    path: PathLike,
    frame: int | None = None,
    overwrite: bool = False,
) -> int:
    """Draw a frame: players, their runs, and where the ball may be.

    Args:
        tracking: a `Tracking`, with the true ball where it is known.
        model: a `BallPositionPredictor`.
        path: of the picture, `.png`, `.pdf` or `.svg`.
        frame: as in `choose_frame`.
        overwrite: whether to replace one that is there.

    Returns:
        The index of the frame.

    Raises:
        ValueError: as `check_plot` and `choose_frame`, or the file cannot be
            written.
    """
    check_plot(path, overwrite)
    frame = choose_frame(tracking, frame)
    scene = BallScene(tracking, model, [frame])
    (said,) = say_where(tracking, model, [frame])
    scene.show(frame, said)
    with renamed(path) as temporary:
        scene.figure.savefig(temporary)
    return frame


def say_where(
    tracking: Tracking, model: BallPositionPredictor, frames: Sequence[int]
) -> Iterator[dict[str, np.ndarray]]:
    """What the model says of some frames, one after the other.

    Heatmaps of a whole game are large: of those frames alone they are made.
    """
    chosen = with_past_of(tracking, model)[frames]
    outputs = predict_ball(model, chosen, heatmaps=True)
    for index in range(len(frames)):
        yield {name: array[index] for name, array in outputs.items()}
