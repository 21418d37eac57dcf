"""Checks of plots and videos before the work. No Keras."""

from pathlib import Path

from convzoo.common.checks import check_between
from convzoo.common.output_file import check_target
from convzoo.common.types import PathLike

_PLOTS = (".png", ".pdf", ".svg")
_FILMS = (".gif", ".mp4")
# Limits of the frame rate. Viewers play a .gif no faster than 50 Hz.
_SLOWEST, _FASTEST = 0.1, 50


def check_packages() -> None:
    """Raise a `ValueError` if mplsoccer or matplotlib is missing."""
    try:
        import matplotlib.figure  # noqa: F401
        import mplsoccer  # noqa: F401
    except ImportError as error:
        raise ValueError(
            "plots of a pitch need the packages mplsoccer and matplotlib; "
            "pip install convzoo[football]"
        ) from error


def check_plot(path: PathLike, overwrite: bool = False) -> None:
    """Check the arguments of `plot_ball` before the work.

    Raises:
        ValueError: If the file exists, its folder does not, its suffix is not
            supported, or mplsoccer is missing.
    """
    check_target(path, _PLOTS, overwrite)
    check_packages()


def check_film(
    path: PathLike, frame_rate: float = 5.0, overwrite: bool = False
) -> None:
    """Check the arguments of `film_ball` before the work.

    Raises:
        ValueError: If the file exists, its folder does not, its suffix is
            neither .gif nor .mp4, the frame rate is out of range, or mplsoccer
            or, for an .mp4, ffmpeg is missing, see `ffmpeg_path`.
    """
    check_target(path, _FILMS, overwrite)
    check_between("frame_rate", frame_rate, _SLOWEST, _FASTEST)
    check_packages()
    if Path(path).suffix.lower() == ".mp4" and ffmpeg_path() is None:
        raise ValueError(
            f"{path}: an .mp4 needs ffmpeg, which is not found; install the "
            "package imageio-ffmpeg (pip install convzoo[video]), or write a "
            ".gif"
        )


def ffmpeg_path() -> str | None:
    """Path of ffmpeg: an installed one, or that of imageio-ffmpeg, or None."""
    from matplotlib.animation import FFMpegWriter

    if FFMpegWriter.isAvailable():
        return str(FFMpegWriter.bin_path())
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    # A RuntimeError: the package comes without the program on this system.
    except (ImportError, RuntimeError):
        return None
