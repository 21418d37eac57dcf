"""An interruption that says what of a run is saved."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def told_interruption(
    folder: Path,
    steps_done: Callable[[], int],
    otherwise: str = "nothing is saved yet",
) -> Iterator[None]:
    """Add to a `KeyboardInterrupt` where the run goes on.

    Args:
        folder: Folder of the run.
        steps_done: Function that returns the number of steps that are saved.
        otherwise: What is told if there are none.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        number = error.args[0] if error.args else signal.SIGINT
        steps = steps_done()
        told = (
            f"{folder}: saved after step {steps}; the same command goes on "
            "from there"
        )
        if not steps:
            told = f"{folder}: {otherwise}"
        raise KeyboardInterrupt(number, told) from None
