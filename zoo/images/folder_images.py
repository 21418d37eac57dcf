"""Image files of a folder, and what is left out."""

import os
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path

from convzoo.common.output_file import cause_of
from convzoo.common.types import PathLike
from convzoo.zoo.images.hidden_name import is_hidden
from convzoo.zoo.images.image_formats import READ_SUFFIXES

# Suffixes of images that are not read: of cameras, drawings and others.
_NOT_READ = (
    *(".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".pef", ".raf", ".raw"),
    *(".ai", ".emf", ".eps", ".pdf", ".svg", ".svgz", ".wmf"),
    *(".apng", ".cur", ".dcm", ".dds", ".exr", ".fit", ".fits", ".hdr"),
    *(".icns", ".ico", ".j2k", ".jp2", ".jpx", ".jxl", ".jxr", ".mpo"),
    *(".pbm", ".pcx", ".pfm", ".pgm", ".pnm", ".ppm", ".psb", ".psd"),
    *(".rw2", ".srw", ".tga", ".xcf"),
)
# Names in one line.
_NAMED = 3


def folder_images(folder: PathLike) -> list[Path]:
    """Return the image files directly inside `folder`, sorted by name.

    Hidden files are ignored. A warning names images of formats that are not
    read, and what is no file but has the name of an image.

    Raises:
        ValueError: If `folder` is not a folder, or cannot be read.
    """
    folder = Path(folder)
    if not os.path.isdir(folder):
        raise ValueError(f"{folder}: is not a folder")
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be read ({cause_of(error)})"
        ) from error
    paths = [folder / name for name in names if not is_hidden(name)]
    images = [path for path in paths if _ends_with(path, READ_SUFFIXES)]
    files = [path for path in images if os.path.isfile(path)]
    left_out = [path for path in images if not os.path.isfile(path)]
    left_out += [path for path in paths if _ends_with(path, _NOT_READ)]
    if left_out:
        warnings.warn(
            f"{folder}: {len(left_out)} left out: {first_names(left_out)}; "
            f"only files are read whose names end with "
            f"{', '.join(READ_SUFFIXES)}",
            stacklevel=2,
        )
    return files


def first_names(paths: Sequence[Path]) -> str:
    """Return the first names of some paths, for one line."""
    more = [] if len(paths) <= _NAMED else ["..."]
    return ", ".join([path.name for path in paths[:_NAMED]] + more)


def _ends_with(path: Path, suffixes: Collection[str]) -> bool:
    return path.suffix.lower() in suffixes
