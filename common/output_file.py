"""Output files: written atomically, overwritten only on request."""

import os
import secrets
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from convzoo.common.types import PathLike

# Prefix of files and folders that are being written.
TEMPORARY = ".writing-"
_REPLACED = (stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR)


def check_target(
    path: PathLike, suffixes: Collection[str], overwrite: bool = False
) -> None:
    """Check the path of an output file before the work starts.

    Args:
        path: Path of the output file.
        suffixes: Allowed suffixes, in lower case.
        overwrite: Whether an existing file may be replaced.

    Raises:
        ValueError: The suffix is not allowed, `path` is a folder or an
            existing file, or its parent folder does not exist.
    """
    path = Path(path)
    if path.suffix.lower() not in suffixes:
        raise ValueError(
            f"{path}: the name must end with {' or '.join(suffixes)}"
        )
    if os.path.isdir(path):
        raise ValueError(f"{path}: is a folder")
    check_absent(path, overwrite)
    if not os.path.isdir(path.parent):
        raise ValueError(f"{path}: the folder {path.parent} does not exist")


def check_absent(path: Path, overwrite: bool = False) -> None:
    """Raise a `ValueError` if `path` cannot be, or may not be replaced.

    A link counts even if what it links to is missing. Pipes and devices are
    never replaced.
    """
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        # Such as a name that is too long.
        raise ValueError(
            f"{path}: cannot be written ({cause_of(error)})"
        ) from error
    if not overwrite:
        raise ValueError(
            f"{path}: exists already; pass `overwrite=True` to replace it"
        )
    if stat.S_IFMT(status.st_mode) not in _REPLACED:
        raise ValueError(f"{path}: is not a regular file")


@contextmanager
def renamed(path: PathLike) -> Iterator[Path]:
    """Yield a temporary path, and rename its file to `path` on success.

    The temporary file is hidden, in the folder of `path`, with its suffix. Two
    processes that write one path do not share it, and its name is short even
    where the name of `path` is as long as the file system allows.

    Raises:
        ValueError: The file cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(
        f"{TEMPORARY}{secrets.token_hex(6)}{path.suffix}"
    )
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise ValueError(
            f"{path}: cannot be written ({cause_of(error)})"
        ) from error
    finally:
        # Not there if it was renamed, or if its folder cannot be searched.
        with suppress(OSError):
            temporary.unlink()


def make_folder(folder: Path) -> None:
    """Create a folder and its parents, unless they are there.

    Raises:
        ValueError: The folder cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be created ({cause_of(error)})"
        ) from error


def cause_of(error: OSError) -> str:
    """The cause of an error of the operating system, without its path."""
    return error.strerror or str(error)


def write_whole(path: PathLike, content: str | bytes) -> None:
    """Write text or bytes atomically.

    Raises:
        ValueError: The file cannot be written.
    """
    if isinstance(content, str):
        content = content.encode()
    with renamed(path) as temporary:
        temporary.write_bytes(content)
