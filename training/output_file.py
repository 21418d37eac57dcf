"""Files that a command writes: never half, and over nothing unasked."""

from contextlib import contextmanager
from pathlib import Path


def check_target(path, suffixes, overwrite=False):
    """Refuse early what would be refused after the work is done.

    Args:
        path: of the file that is to be written.
        suffixes: with one of which its name must end.
        overwrite: whether it may replace one that is there.

    Raises:
        ValueError: the file is there, or a folder of that name, or its own
            folder is not, or the name ends otherwise.
    """
    path = Path(path)
    if path.suffix.lower() not in suffixes:
        raise ValueError(
            f"{path}: the name must end with {' or '.join(suffixes)}"
        )
    if path.is_dir():
        raise ValueError(f"{path}: is a folder")
    if path.exists() and not overwrite:
        raise ValueError(f"{path}: exists already; pass overwrite to replace")
    if not path.parent.is_dir():
        raise ValueError(f"{path}: the folder {path.parent} does not exist")


@contextmanager
def renamed(path):
    """A name to write under; what is there afterwards gets the right one.

    Raises:
        ValueError: it cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f"writing.{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise ValueError(
            f"{path}: cannot be written ({error.strerror})"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
