"""Folder of an export that is not yet checked."""

import contextlib
import errno
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# As TensorFlow and child processes say it.
_FULL_TEXTS = ("No space left", "File too large", "quota exceeded")


@contextlib.contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder on the same disk, deleted afterwards.

    Args:
        folder: Folder of the results. It is created, and deleted again if it
            stays empty.

    Raises:
        ValueError: The folder cannot be written, or the disk is full.
    """
    made = [p for p in (folder, *folder.parents) if not p.exists()]
    work = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder, prefix=".export-"))
        yield work
    except Exception as error:
        if is_full(error):
            raise ValueError(
                f"{folder}: no space left on the disk; nothing was exported"
            ) from error
        if not isinstance(error, OSError):
            raise
        raise ValueError(
            f"{folder}: cannot be written ({error.strerror or error})"
        ) from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
        for empty in made:
            with contextlib.suppress(OSError):
                empty.rmdir()


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or one that it was raised from, is of a full disk."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if any(text in str(error) for text in _FULL_TEXTS):
            return True
        error = error.__cause__
    return False
