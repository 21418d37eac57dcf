"""`convzoo ball`."""

import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, Token

from convzoo.common.checks import check_above, check_lengths
from convzoo.common.output_file import check_target
from convzoo.common.printable import printable
from convzoo.common.progress_bars import progress_bars
from convzoo.options import (
    BALL_PRESET,
    WHOLE,
    Flips,
    MotionOption,
    Out,
    Overwrite,
    Pitch,
    Preset,
    check_preset,
    check_there,
    motion_of,
)
from convzoo.training.football.drawing.check_drawing import (
    check_film,
    check_plot,
)
from convzoo.training.football.tracking.csv_numbers import short
from convzoo.training.football.tracking.provider_files import provider_files
from convzoo.training.football.write_ball import write_ball
from convzoo.training.football.write_table import TABLES

if TYPE_CHECKING:
    from convzoo.training.football.filled_ball import FilledBall
    from convzoo.training.football.tracking.tracking import Tracking


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
    motion: MotionOption = "smooth",
    data_rate: float = 5.0,
    pitch: Pitch = None,
    passes: Path | None = None,
    plot: Path | None = None,
    frame: Annotated[int | None, WHOLE] = None,
    video: Path | None = None,
    frames: Annotated[
        tuple[int, int] | None,
        Parameter(converter=_span, n_tokens=1, metavar="FIRST:LAST"),
    ] = None,
    period: Annotated[int | None, WHOLE] = None,
    frame_rate: float = 5.0,
    overwrite: Overwrite = False,
) -> list[Exception]:
    """Locate the ball in frames without one, from the players.

    Args:
        tracking: Tracking data: a .npz or .csv file, PROVIDER:FILES or
            tfds:NAME.
        out: File to write, .csv.
        data_rate: Frames per second of files without times.
        passes: Write possessions and passes to this .csv file.
        plot: Draw one frame to this .png, .pdf or .svg file.
        frame: Number of the frame to plot, as in the file. Without it, the
            first frame that was filled.
        video: Draw frames to this .gif or .mp4 file.
        frames: Numbers of the frames of the video, FIRST:LAST, as in the file.
            Without it, the first 250.
        period: Period of these frames, if numbers start again after half-time.
        frame_rate: Frames per second of the video.
    """
    _check_needed("frame", frame, "plot", plot)
    _check_needed("frames", frames, "video", video)
    if period is not None and frame is None and frames is None:
        raise ValueError(
            f"`period` needs `frame` or `frames`. Received: period={period}"
        )
    _check_apart(tracking, out, passes, plot, video)
    for path in filter(None, (out, passes)):
        check_target(path, TABLES, overwrite)
    if plot:
        check_plot(plot, overwrite)
    if video:
        check_film(video, frame_rate, overwrite)
    check_above("data_rate", data_rate, 0)
    if pitch is not None:
        check_lengths("pitch", pitch)
    check_there([tracking])
    check_preset(preset, "BallPositionPredictor", "ball")
    from convzoo.training import fill_ball, film_ball, plot_ball, read_tracking
    from convzoo.training.football.drawing.film_ball import choose_frames
    from convzoo.training.football.write_passes import write_passes
    from convzoo.zoo import BallPositionPredictor

    model = BallPositionPredictor.from_preset(preset, flips=flips)
    played = read_tracking(tracking, pitch or model.pitch)
    find = functools.partial(_index, played, tracking, period)
    chosen = None if frame is None else find(frame)
    span = None if frames is None else (find(frames[0]), find(frames[1]))
    if video:
        choose_frames(played, span)
    with progress_bars() as bars:
        task = bars.add_task("frames", total=len(played))

        def report(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        found = fill_ball(
            played,
            model,
            progress=report,
            motion=motion_of(motion),
            data_rate=data_rate,
        )

    def table() -> str:
        write_ball(found, out, overwrite)
        return f"{out}: {_filled(found)}"

    def events(path: Path) -> str:
        counts = write_passes(found, path, overwrite, data_rate)
        return f"{path}: {counts[0]} possessions, {counts[1]} passes"

    def picture(path: Path) -> str:
        drawn = plot_ball(played, model, path, chosen, overwrite, found)
        return f"{path}: frame {played.frame_of(drawn)}{_carrier(found, drawn)}"

    def film(path: Path) -> str:
        shown = film_ball(
            played, model, path, span, frame_rate, overwrite, found
        )
        return f"{path}: {_described(played, shown, span)}"

    outputs: list[Callable[[], str]] = [table]
    if passes:
        outputs.append(functools.partial(events, passes))
    if plot:
        outputs.append(functools.partial(picture, plot))
    if video:
        outputs.append(functools.partial(film, video))
    return _written(outputs)


def _written(outputs: Sequence[Callable[[], str]]) -> list[Exception]:
    """Write the outputs; one that fails does not stop the others."""
    failures: list[Exception] = []
    for write in outputs:
        try:
            print(printable(write()))
        except ValueError as error:
            failures.append(error)
    return failures


def _index(
    played: "Tracking", tracking: str, period: int | None, number: int
) -> int:
    try:
        return played.index_of(number, period)
    except ValueError as error:
        raise ValueError(f"{tracking}: {error}") from error


def _filled(found: "FilledBall") -> str:
    """How many frames were filled, and why others were not."""
    text = f"{found.filled.sum()} of {len(found.filled)} frames filled"
    missing = ~found.tracking.has_ball
    if missing.any():
        text += f"; in {missing.sum()} nobody is seen"
    elif not found.filled.any():
        text += "; no ball is missing"
    return text


def _carrier(found: "FilledBall", frame: int) -> str:
    carrier = found.carrier[frame]
    if carrier < 0:
        return ""
    title = short(found.tracking.title_of(frame, carrier))
    return f"; most likely has the ball: {title}"


def _check_apart(tracking: str, *outputs: Path | None) -> None:
    """Refuse two outputs of one name, and an output that is an input."""
    _, files = provider_files(tracking)
    paths = [*map(Path, files or [tracking]), *filter(None, outputs)]
    for index, path in enumerate(paths):
        for other in paths[:index]:
            if _is_same(path, other):
                raise ValueError(f"{path}: is named twice")


def _is_same(path: Path, other: Path) -> bool:
    """Whether two paths are one file, by links too."""
    if path.exists() and other.exists():
        return os.path.samefile(path, other)
    return path.resolve() == other.resolve()


def _check_needed(
    name: str, value: object, other: str, path: Path | None
) -> None:
    if value is not None and path is None:
        raise ValueError(
            f"`{name}` needs `{other}`. Received: {name}={value!r}"
        )


def _described(
    played: "Tracking", shown: Sequence[int], span: tuple[int, int] | None
) -> str:
    first, last = played.frame_of(shown[0]), played.frame_of(shown[-1])
    text = f"frames {first} to {last}, {len(shown)} of {len(played)}"
    if span is None and len(shown) < len(played):
        text += "; --frames FIRST:LAST chooses others"
    return text
