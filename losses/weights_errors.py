"""Errors of files of weights."""

from convzoo.common.types import PathLike

# A damaged file can be quoted whole by the error that it raises.
_LONGEST = 200


def unreadable(path: PathLike, what: str, error: Exception) -> ValueError:
    """Return the error of a file that cannot be read, in one line."""
    return ValueError(f"{path}: cannot be read as {what}: {one_line(error)}")


def one_line(error: Exception) -> str:
    """Return the start of the message of an error, in one line."""
    text = " ".join(str(error)[:_LONGEST].split())
    name = type(error).__name__
    return text if isinstance(error, ValueError) else f"{name}: {text}"
