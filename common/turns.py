"""What threads share while each works on a file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
_SECONDS = 0.2


class Turns:
    """Lets threads compute one at a time, in bounded memory, and stop together.

    While one computes, the others read and write their files.

    Args:
        nbytes: Bytes that all threads may hold together. One that is alone may
            hold more.
    """

    def __init__(self, nbytes: int = 0) -> None:
        self.nbytes = nbytes
        self._held = 0
        self._is_stopped = False
        self._changed = threading.Condition()
        self._turn = threading.Lock()

    @contextmanager
    def room(self, nbytes: int) -> Iterator[None]:
        """Wait until a thread may hold so many bytes, for as long as the block.

        Raises:
            KeyboardInterrupt: `stop` was called.
        """
        with self._changed:
            while self._held and self._held + nbytes > self.nbytes:
                self._changed.wait(_SECONDS)
                self.check()
            self._held += nbytes
        try:
            yield
        finally:
            with self._changed:
                self._held -= nbytes
                self._changed.notify_all()

    def each(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield items, while no other thread computes one of its own.

        Raises:
            KeyboardInterrupt: `stop` was called.
        """
        while True:
            while not self._turn.acquire(timeout=_SECONDS):
                self.check()
            try:
                self.check()
                item = next(items)
            except StopIteration:
                return
            finally:
                self._turn.release()
            yield item
            # Freed before the next one is computed.
            del item

    def stop(self) -> None:
        """Let all threads stop at their next call."""
        self._is_stopped = True

    def check(self) -> None:
        """Raise a `KeyboardInterrupt` if `stop` was called."""
        if self._is_stopped:
            raise KeyboardInterrupt
