"""Errors of a computation, as those of the file that it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Names of the exceptions of TensorFlow and PyTorch, and the code of XLA.
_OUT_OF_MEMORY = ("ResourceExhaustedError", "OutOfMemoryError")
_CODE = "RESOURCE_EXHAUSTED"


@contextmanager
def named_errors(source: Path) -> Iterator[None]:
    """Raise errors of the block as a `ValueError` that begins with a path.

    Args:
        source: The path.

    Raises:
        ValueError: The block raised one, or has run out of memory.
    """
    try:
        yield
    except ValueError as error:
        if str(error).startswith(f"{source}: "):
            raise
        raise ValueError(f"{source}: {error}") from error
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        raise ValueError(
            f"{source}: there is not enough memory; pass a smaller `tile`"
        ) from error


def _is_out_of_memory(error: Exception) -> bool:
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ in _OUT_OF_MEMORY
        or _CODE in str(error)
    )
