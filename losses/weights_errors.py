"""Errors of files of weights."""

import os

from convzoo.common.types import PathLike

# A damaged file can be quoted whole by the error that it raises.
_LONGEST = 200


def check_regular_file(path: PathLike) -> None:
    """Raise a `ValueError` unless there is a file at the path.

    To open a pipe waits for ever, and a device may have no end.
    """
    if not os.path.exists(path):
        raise ValueError("there is no such file")
    if not os.path.isfile(path):
        raise ValueError("it is no regular file")


def unreadable(path: PathLike, what: str, error: Exception) -> ValueError:
    """Return the error of a file that cannot be read, in one line."""
    text = " ".join(str(error)[:_LONGEST].split())
    name = type(error).__name__
    reason = text if isinstance(error, ValueError) else f"{name}: {text}"
    return ValueError(f"{path}: cannot be read as {what}: {reason}")
