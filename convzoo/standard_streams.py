"""`-` as the name of an image: the standard input and output."""

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from convzoo.common.image_suffixes import WRITTEN
from convzoo.common.image_target import ImageFormat
from convzoo.common.output_file import cause_of

STREAM = Path("-")


def prepare_streams() -> None:
    """Make the standard streams safe to print to.

    The next file that is opened would take the place of a stream that is
    closed, and get the messages that libraries write to it. Characters that the
    encoding of the standard output lacks are escaped.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Takes the lowest free number, which is this one.
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        # `print` would take the standard output instead.
        sys.stderr = os.fdopen(2, "w", closefd=False)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def check_streams(inputs: Sequence[Path], out: Path) -> None:
    """Check the paths of a command, of which some may be `-`.

    Raises:
        ValueError: If a stream is closed or not the only input, several results
            would go to one stream, or the standard output is a terminal.
    """
    if STREAM in inputs and sys.stdin is None:
        raise ValueError("stdin: is closed")
    if STREAM in inputs and len(inputs) > 1:
        raise ValueError("-: the standard input must be the only input")
    if out != STREAM:
        return
    if len(inputs) > 1 or os.path.isdir(inputs[0]):
        raise ValueError("-: takes one image; name a folder for several")
    if sys.stdout is None:
        raise ValueError("stdout: is closed")
    if sys.stdout.isatty():
        raise ValueError("-: is a terminal; redirect it, or name a file")


@contextlib.contextmanager
def stored_streams(
    inputs: Sequence[Path], out: Path, format: ImageFormat | None
) -> Iterator[tuple[Sequence[Path], Path]]:
    """Yield files in place of the streams among `inputs` and `out`.

    The standard input is stored before the block, and the standard output is
    written after it.

    Args:
        inputs: Files and folders, or `-` for the standard input.
        out: A file or a folder, or `-` for the standard output.
        format: Format of the standard output. None for that of the input, or
            PNG where there is none.

    Raises:
        ValueError: A stream cannot be read or written. Errors of the block name
            the streams `stdin` and `stdout`.
    """
    if STREAM not in (*inputs, out):
        yield inputs, out
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        if STREAM in inputs:
            inputs = [folder / "stdin"]
            _store(inputs[0])
        target = out
        if out == STREAM:
            suffix = f".{format}" if format else inputs[0].suffix.lower()
            target = folder / f"stdout{suffix if suffix in WRITTEN else '.png'}"
        try:
            yield inputs, target
        except ValueError as error:
            text = str(error).replace(f"{folder}{os.sep}", "")
            raise ValueError(text) from error
        if out == STREAM:
            _send(target)


def _store(path: Path) -> None:
    try:
        with open(path, "wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
    except OSError as error:
        raise ValueError(
            f"stdin: cannot be read ({cause_of(error)})"
        ) from error


def _send(path: Path) -> None:
    try:
        # Without a buffer, which would be flushed again after an error.
        with (
            open(path, "rb") as file,
            open(sys.stdout.fileno(), "wb", 0, closefd=False) as stdout,
        ):
            shutil.copyfileobj(file, stdout)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ValueError(
            f"stdout: cannot be written ({cause_of(error)})"
        ) from error
