"""Opening of image files that may be anything."""

import io
import os

from convzoo.common.output_file import cause_of
from convzoo.common.regular_file import regular_size
from convzoo.common.types import PathLike


def open_image(path: PathLike) -> io.FileIO:
    """Open a file without a buffer, if it is a regular file.

    Reading a pipe or a device could wait for ever.

    Raises:
        ValueError: If the file is missing, empty, not a regular file, or cannot
            be opened.
    """
    try:
        if regular_size(path) == 0:
            raise ValueError("is empty")
        return io.FileIO(path)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    except FileNotFoundError as error:
        broken = os.path.islink(path)
        reason = "is a link to a missing file" if broken else "does not exist"
        raise ValueError(f"{path}: {reason}") from error
    except OSError as error:
        raise ValueError(
            f"{path}: cannot be read ({cause_of(error)})"
        ) from error
