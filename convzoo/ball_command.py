"""`convzoo ball`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, Token

from convzoo.common.output_file import check_target
from convzoo.options import (
    BALL_PRESET,
    WHOLE,
    Flips,
    Out,
    Overwrite,
    Preset,
    check_preset,
    check_there,
)
from convzoo.training.football.drawing.check_drawing import (
    check_film,
    check_plot,
)
from convzoo.training.football.write_ball import TABLES, write_ball

if TYPE_CHECKING:
    import numpy as np


def _span(_: object, tokens: Sequence[Token]) -> tuple[int, int]:
    """`"0:99"` -> `(0, 99)`."""
    text = tokens[0].value
    first, _, last = text.partition(":")
    try:
        return int(first), int(last)
    except ValueError as error:
        raise ValueError(
            f"{text!r} must be FIRST:LAST, such as 0:99"
        ) from error


def ball(
    tracking: str,
    /,
    *,
    out: Out,
    preset: Preset = BALL_PRESET,
    flips: Flips = False,
    plot: Path | None = None,
    frame: Annotated[int | None, WHOLE] = None,
    video: Path | None = None,
    frames: Annotated[
        tuple[int, int] | None,
        Parameter(converter=_span, n_tokens=1, metavar="FIRST:LAST"),
    ] = None,
    frame_rate: float = 5.0,
    overwrite: Overwrite = False,
) -> None:
    """Locate the ball in frames without one, from the players.

    Args:
        tracking: Tracking data: a .npz or .csv file, PROVIDER:FILES or
            tfds:NAME.
        out: File to write, .csv.
        plot: Draw one frame to this .png, .pdf or .svg file.
        frame: Number of the frame to plot, as in the file. Without it, the
            first frame that was filled.
        video: Draw frames to this .gif or .mp4 file.
        frames: Numbers of the frames of the video, FIRST:LAST, as in the file.
            Without it, the first 250.
        frame_rate: Frames per second of the video.
    """
    _check_needed("frame", frame, "plot", plot)
    _check_needed("frames", frames, "video", video)
    _check_apart(tracking, out, plot, video)
    check_target(out, TABLES, overwrite)
    if plot:
        check_plot(plot, overwrite)
    if video:
        check_film(video, frame_rate, overwrite)
    check_there([tracking])
    check_preset(preset, "BallPositionPredictor", "ball")
    from convzoo.training import fill_ball, film_ball, plot_ball, read_tracking
    from convzoo.training.football.drawing.film_ball import choose_frames
    from convzoo.zoo import BallPositionPredictor

    model = BallPositionPredictor.from_preset(preset, flips=flips)
    played = read_tracking(tracking, model.pitch)
    chosen = None if frame is None else played.index_of(frame)
    span = None
    if frames is not None:
        first, last = frames
        span = played.index_of(first), played.index_of(last)
    if video:
        choose_frames(played, span)
    found = fill_ball(played, model)
    write_ball(found, out, overwrite)
    print(f"{out}: {found.filled.sum()} of {len(found.filled)} frames filled")
    if plot:
        drawn = plot_ball(played, model, plot, chosen, overwrite)
        print(f"{plot}: frame {played.number[drawn]}")
    if video:
        shown = film_ball(played, model, video, span, frame_rate, overwrite)
        print(f"{video}: {_described(played.number, shown, span)}")


def _check_apart(tracking: str, *outputs: Path | None) -> None:
    """Refuse two outputs of one name, of which the first would be lost."""
    paths = [Path(path).resolve() for path in (tracking, *outputs) if path]
    for path in paths:
        if paths.count(path) > 1:
            raise ValueError(f"{path}: is named twice")


def _check_needed(
    name: str, value: object, other: str, path: Path | None
) -> None:
    if value is not None and path is None:
        raise ValueError(
            f"`{name}` needs `{other}`. Received: {name}={value!r}"
        )


def _described(
    number: "np.ndarray", shown: Sequence[int], span: tuple[int, int] | None
) -> str:
    text = f"frames {number[shown[0]]} to {number[shown[-1]]}"
    text += f", {len(shown)} of {len(number)}"
    if span is None and len(shown) < len(number):
        text += "; --frames FIRST:LAST chooses others"
    return text
