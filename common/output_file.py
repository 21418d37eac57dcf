"""Files that a user gets: never half written, and over nothing unasked."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from convzoo.common.types import PathLike


def check_target(
    path: PathLike, suffixes: Collection[str], overwrite: bool = False
) -> None:
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
    check_absent(path, overwrite)
    if not path.parent.is_dir():
        raise ValueError(f"{path}: the folder {path.parent} does not exist")


def check_absent(path: Path, overwrite: bool = False) -> None:
    """Raise a `ValueError` if `path` is there and may not be replaced."""
    if path.exists() and not overwrite:
        raise ValueError(
            f"{path}: exists already; pass --overwrite, in Python "
            "overwrite=True, to replace it"
        )


@contextmanager
def renamed(path: PathLike) -> Iterator[Path]:
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
            f"{path}: cannot be written ({error.strerror or error})"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: PathLike, content: str | bytes) -> None:
    """Write text or bytes, whole or not at all.

    Raises:
        ValueError: it cannot be written.
    """
    if isinstance(content, str):
        content = content.encode()
    with renamed(path) as temporary:
        temporary.write_bytes(content)
