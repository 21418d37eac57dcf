"""Opening of image files that may be anything."""

import io
import os
import stat

from convzoo.common.output_file import cause_of
from convzoo.common.types import PathLike


def open_image(path: PathLike) -> io.FileIO:
    """Open a file without a buffer, if it is a regular file.

    Reading a pipe or a device could wait for ever.

    Raises:
        ValueError: If the file is missing, empty, not a regular file, or cannot
            be opened.
    """
    try:
        _check_regular(path, os.stat(path))
        return io.FileIO(path)
    except FileNotFoundError as error:
        broken = os.path.islink(path)
        reason = "is a link to a missing file" if broken else "does not exist"
        raise ValueError(f"{path}: {reason}") from error
    except OSError as error:
        raise ValueError(
            f"{path}: cannot be read ({cause_of(error)})"
        ) from error


def _check_regular(path: PathLike, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ValueError(f"{path}: is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f"{path}: is not a regular file")
    if status.st_size == 0:
        raise ValueError(f"{path}: is empty")
