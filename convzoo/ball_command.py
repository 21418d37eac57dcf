"""`convzoo ball`."""

from pathlib import Path
from typing import Annotated

import typer

from convzoo.options import BALL_PRESET, OverwriteOption, PresetOption


def ball(
    tracking: Annotated[Path, typer.Argument(help="File of tracking data.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A .csv file.")],
    preset: PresetOption = BALL_PRESET,
    flips: Annotated[
        bool, typer.Option("--flips", help="The mean of four mirrored views.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw a frame: a .png, .pdf or .svg file."),
    ] = None,
    frame: Annotated[
        int | None,
        typer.Option(
            help="Which frame to plot, as the file calls it; by default the "
            "first one that is filled."
        ),
    ] = None,
    video: Annotated[
        Path | None,
        typer.Option(help="Draw many frames: a .gif file, or an .mp4."),
    ] = None,
    frames: Annotated[
        str | None,
        typer.Option(
            help="Which frames, as FIRST:LAST, as the file calls them; by "
            "default the first 250."
        ),
    ] = None,
    frame_rate: Annotated[
        float, typer.Option(help="Frames of the video in a second.")
    ] = 5.0,
    overwrite: OverwriteOption = False,
):
    """Say where the ball was in the frames in which nobody saw it."""
    from convzoo.common.output_file import check_target
    from convzoo.training import fill_ball, film_ball, plot_ball, read_tracking
    from convzoo.training.football.drawing.film_ball import (
        check_film,
        choose_frames,
    )
    from convzoo.training.football.drawing.plot_ball import check_plot
    from convzoo.training.football.fill_ball import TABLES, write_ball
    from convzoo.zoo import BallPositionPredictor

    _check_needed("frame", frame, "plot", plot)
    _check_needed("frames", frames, "video", video)
    _check_apart(tracking, out, plot, video)
    check_target(out, TABLES, overwrite)
    if plot:
        check_plot(plot, overwrite)
    if video:
        check_film(video, frame_rate, overwrite)
    span = _span(frames)
    model = BallPositionPredictor.from_preset(preset)
    model.flips = flips
    played = read_tracking(tracking, model.pitch)
    # Before the work, which takes longer.
    chosen = None if frame is None else played.index_of(frame)
    if span is not None:
        span = tuple(played.index_of(number) for number in span)
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


def _check_apart(tracking, *outputs):
    """Of two files of one name the first would be lost."""
    paths = [path.resolve() for path in (tracking, *outputs) if path]
    for path in paths:
        if paths.count(path) > 1:
            raise ValueError(f"{path}: is named twice")


def _check_needed(name, value, other, path):
    if value is not None and path is None:
        raise ValueError(
            f"`{name}` needs --{other} FILE. Received: {name}={value!r}"
        )


def _span(text):
    """`"0:99"` -> `(0, 99)`."""
    if text is None:
        return None
    first, _, last = text.partition(":")
    try:
        return int(first), int(last)
    except ValueError as error:
        raise ValueError(
            "`frames` must be FIRST:LAST, such as 0:99. "
            f"Received: frames={text!r}"
        ) from error


def _described(number, shown, span):
    text = f"frames {number[shown[0]]} to {number[shown[-1]]}"
    text += f", {len(shown)} of {len(number)}"
    if span is None and len(shown) < len(number):
        text += "; --frames FIRST:LAST chooses others"
    return text
