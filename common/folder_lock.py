"""A lock of a folder, which the operating system releases with its process."""

import errno
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from convzoo.common.output_file import TEMPORARY, cause_of

LOCK = ".lock"
# What systems answer while another process holds a lock.
_HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, its file `.lock`.

    A killed process leaves the file but not the lock. A file system without
    locks, such as some network mounts, gives a warning.

    Args:
        folder: The folder. It is created, and removed again if it stays empty.

    Raises:
        ValueError: Another process holds the lock, or the folder cannot be
            written.
    """
    path = folder / LOCK
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = _acquired(path)
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be written ({cause_of(error)})"
        ) from error
    try:
        yield
    finally:
        # Removed while it is held; Windows keeps a file that is open.
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)
        if is_new:
            with suppress(OSError):
                folder.rmdir()


def _acquired(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
        try:
            _lock(descriptor)
            # Its last holder may have removed it meanwhile.
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except FileNotFoundError:
            pass
        except OSError as error:
            if error.errno not in _HELD:
                warnings.warn(
                    f"{path.parent}: cannot be locked ({cause_of(error)}); "
                    "no other process must write to it",
                    stacklevel=4,
                )
                return descriptor
            os.close(descriptor)
            raise ValueError(
                f"{path.parent}: is in use by another process; wait for it, "
                "or name another folder"
            ) from error
        os.close(descriptor)


def remove_temporary(folder: Path) -> None:
    """Remove what a killed process was writing to a folder that is locked."""
    for path in folder.glob(f"{TEMPORARY}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
