"""Videos of a game with the predicted ball."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, cast

import numpy as np
from PIL import Image

from convzoo.common.checks import is_integer
from convzoo.common.output_file import renamed
from convzoo.common.types import PathLike
from convzoo.training.football.drawing.ball_scene import (
    TRAIL,
    BallScene,
)
from convzoo.training.football.drawing.check_drawing import (
    check_film,
    ffmpeg_path,
)
from convzoo.training.football.drawing.plot_ball import say_where
from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.tracking.tracking import Tracking, check_frames
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

# Default and maximum number of frames. All frames of a .gif are in memory at
# once.
FEW = 250
_MANY = 1500
# Palette size of a .gif, and number of frames that the palette is fitted to.
_COLOURS = 256
_SAMPLES = 4
# Renders the frames of the given indices.
_Pictures = Callable[[Iterable[int]], Iterator[np.ndarray]]


def choose_frames(
    tracking: Tracking, frames: Sequence[int] | None = None
) -> range:
    """Select the frames of a video.

    Args:
        tracking: A `Tracking`.
        frames: Indices of the first and the last frame. None for the first 250
            frames.

    Returns:
        The indices, a `range`.

    Raises:
        ValueError: If an index is out of range, or there are more than 1500
            frames.
    """
    check_frames(tracking)
    if frames is None:
        return range(min(FEW, len(tracking)))
    if (
        not isinstance(frames, (tuple, list))
        or len(frames) != 2
        or not all(is_integer(frame) for frame in frames)
        or not 0 <= frames[0] <= frames[1] < len(tracking)
    ):
        raise ValueError(
            "`frames` must be the first and the last index, from 0 to "
            f"{len(tracking) - 1}. Received: frames={frames!r}"
        )
    chosen = range(frames[0], frames[1] + 1)
    if len(chosen) > _MANY:
        raise ValueError(
            f"`frames` must span at most {_MANY} frames. "
            f"Received: frames={frames!r}, which span {len(chosen)}"
        )
    return chosen


def film_ball(
    tracking: Tracking,
    model: BallPositionPredictor,
    path: PathLike,
    frames: Sequence[int] | None = None,
    frame_rate: float = 5.0,
    overwrite: bool = False,
    found: FilledBall | None = None,
) -> range:
    """Write a video of players, runs and the predicted ball.

    A fading line shows the ball of the past two seconds: the true one where
    known, else the predicted one.

    Args:
        tracking: A `Tracking`, with the true ball where known.
        model: A `BallPositionPredictor`.
        path: Path of the video: `.gif`, or `.mp4` with ffmpeg or the package
            imageio-ffmpeg.
        frames: Indices of the first and the last frame, see `choose_frames`.
        frame_rate: Frames per second, from 0.1 to 50. The frame duration of a
            .gif is a multiple of 10 ms.
        overwrite: Whether to replace an existing file.
        found: The result of `fill_ball`, see `plot_ball`.

    Returns:
        The indices of the frames, a `range`.

    Raises:
        ValueError: As in `check_film` and `choose_frames`, or if the file
            cannot be written.
    """
    check_film(path, frame_rate, overwrite)
    chosen = choose_frames(tracking, frames)
    scene = BallScene(tracking, model, chosen, trails=True)
    said = list(say_where(tracking, model, chosen, found))
    shown = tracking[chosen]
    predicted = np.stack([one["position"] for one in said])
    balls = np.where(np.isnan(shown.ball), predicted, shown.ball)
    balls[~shown.has_ball & ~shown.has_players] = np.nan
    times = shown.time
    if np.isnan(times).any():
        times = np.arange(len(chosen)) / frame_rate

    def pictures(indices: Iterable[int]) -> Iterator[np.ndarray]:
        for index in indices:
            trail = balls[_past(times, index)]
            scene.show(chosen[index], said[index], trail)
            yield scene.picture()

    write = _WRITERS[Path(path).suffix.lower()]
    with renamed(path) as temporary:
        write(pictures, len(chosen), temporary, frame_rate)
    return chosen


def _past(times: np.ndarray, index: int) -> np.ndarray:
    """Indices of the frames of a trail, up to a frame itself."""
    before = times[index] - times[: index + 1]
    return np.flatnonzero((before >= 0) & (before <= TRAIL))


def _write_gif(
    pictures: _Pictures, count: int, path: Path, frame_rate: float
) -> None:
    """Write a .gif with one palette for all frames, which avoids flicker.

    matplotlib's writer would keep all frames as RGB, and choose a palette for
    each.
    """
    sampled = np.linspace(0, count - 1, _SAMPLES).round().astype(int)
    palette = Image.fromarray(np.concatenate(list(pictures(sampled))))
    palette = palette.quantize(_COLOURS)
    reduced = (
        Image.fromarray(picture).quantize(
            palette=palette, dither=Image.Dither.NONE
        )
        for picture in pictures(range(count))
    )
    next(reduced).save(
        path,
        save_all=True,
        append_images=reduced,
        duration=10 * round(100 / frame_rate),
        loop=0,
    )


def _write_mp4(
    pictures: _Pictures, count: int, path: Path, frame_rate: float
) -> None:
    first, *_ = pictures([0])
    height, width, _ = first.shape
    # Not None: it was checked.
    command = [cast(str, ffmpeg_path()), "-y", "-loglevel", "quiet"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-video_size", f"{width}x{height}"]
    command += ["-framerate", str(frame_rate), "-i", "-"]
    # A codec and a pixel format that all video players support.
    command += ["-vcodec", "h264", "-pix_fmt", "yuv420p", str(path)]
    try:
        with Popen(command, stdin=PIPE) as process:
            # Not None, since it is a pipe.
            stdin = cast(IO[bytes], process.stdin)
            for picture in pictures(range(count)):
                stdin.write(picture.tobytes())
    except BrokenPipeError as error:
        raise OSError(error.errno, "ffmpeg fails") from error
    if process.returncode:
        raise OSError(process.returncode, "ffmpeg fails")


_WRITERS = {".gif": _write_gif, ".mp4": _write_mp4}
