"""Output files that would replace an input."""

import os
from collections.abc import Iterable
from pathlib import Path

from convzoo.common.types import PathLike


def check_inputs_kept(
    outputs: Iterable[PathLike], inputs: Iterable[PathLike]
) -> None:
    """Raise a `ValueError` if an output is the file of an input.

    Files are compared, not names: symbolic and hard links and, where the file
    system ignores case, other spellings are found too.
    """
    files = {file_identity(path): path for path in inputs}
    files.pop(None, None)
    for path in outputs:
        found = files.get(file_identity(path))
        if found is not None:
            same = " itself" if Path(found) == Path(path) else f", {found}"
            raise ValueError(
                f"{path}: is an input{same}, which is never replaced; name "
                "another output"
            )


def is_same_file(first: PathLike, second: PathLike) -> bool:
    """Return whether both paths are there, and are the same file."""
    return None is not file_identity(first) == file_identity(second)


def file_identity(path: PathLike) -> tuple[int, int] | None:
    """Return what two paths share if they are the same file, None if none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        # Not there, or no name of a file.
        return None
    return status.st_dev, status.st_ino
