"""Signals that wait until nothing is half done."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class DelayedSignals:
    """Context in which a signal that a Python function handles waits.

    The second signal is handled at once. Signals that end the process, or are
    ignored, are left alone; so are all of them outside of the main thread.

    Attributes:
        waiting: Number of the signal that waits, or None.
    """

    def __init__(self) -> None:
        self.waiting: int | None = None
        self._handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            return self
        for name in _SIGNALS:
            # Windows has no SIGHUP.
            if (number := getattr(signal, name, None)) is None:
                continue
            handler = signal.getsignal(number)
            if callable(handler):
                self._handlers[number] = handler
                signal.signal(number, self._receive)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if kind is None:
            self.handle()

    def handle(self) -> None:
        """Handle the signal that waits."""
        number, self.waiting = self.waiting, None
        if number is not None:
            self._handlers[number](number, None)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.waiting is None:
            self.waiting = number
        else:
            self._handlers[number](number, frame)
