"""Check of an input before it is opened."""

import stat
from pathlib import Path


def check_regular(path: Path, largest: int) -> None:
    """Check that a path is a file, which can be opened without waiting.

    Args:
        path: The path.
        largest: Maximum size in bytes.

    Raises:
        OSError: If there is none.
        ValueError: If it is a folder, a pipe, a socket or a device, or larger.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise ValueError("is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("is no regular file, but a pipe, socket or device")
    if status.st_size > largest:
        raise ValueError(
            f"has {status.st_size / 2**30:.1f} GiB; at most "
            f"{largest / 2**30:g} GiB are read"
        )
