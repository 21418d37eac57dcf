"""Check of an input file before it is opened."""

import os
import stat

from convzoo.common.types import PathLike


def regular_size(path: PathLike) -> int:
    """Return the size in bytes of a file that can be opened without waiting.

    To open a pipe waits for a writer, and a device may have no end.

    Raises:
        OSError: If there is none.
        ValueError: If it is a folder, a pipe, a socket or a device. The message
            does not name the path.
    """
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode):
        raise ValueError("is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("is not a regular file, but a pipe or a device")
    return status.st_size
