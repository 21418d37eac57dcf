"""Encoding of an image in a thread, while its pixels are computed."""

import queue
import threading
from collections.abc import Callable

import pyvips

# Parts that wait for the encoder; a part is a megabyte or a row.
_WAITING = 4
_SECONDS = 0.2


class Encoder:
    """Encodes an image that comes in parts, in a thread of its own.

    The thread that computes the pixels thus stays that of the caller, in which
    signals arrive.

    Args:
        write: Called in the thread with the image, which it writes.
        check: Called again and again while the caller waits; may raise.
    """

    def __init__(
        self,
        write: Callable[[pyvips.Image], None],
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._write = write
        self._wait = check
        self._parts: queue.Queue[bytes] = queue.Queue(_WAITING)
        self._rest = memoryview(b"")
        self._is_done = False
        self._is_stopped = False
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def feed(self, part: bytes) -> None:
        """Pass on the next part of the PNG stream.

        Raises:
            Exception: What `write` or `check` raised.
        """
        if not part:
            return
        while self._thread.is_alive():
            try:
                self._parts.put(part, timeout=_SECONDS)
            except queue.Full:
                self._wait()
                continue
            return
        self._check()

    def finish(self) -> None:
        """Wait until everything is written.

        Raises:
            Exception: What `write` or `check` raised.
        """
        self._is_done = True
        self._join(self._wait)
        self._check()

    def stop(self) -> None:
        """Give up, and wait until nothing is written any more."""
        self._is_stopped = True
        self._join()

    def _join(self, wait: Callable[[], None] = lambda: None) -> None:
        while self._thread.is_alive():
            wait()
            self._thread.join(_SECONDS)

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            source = pyvips.SourceCustom()
            source.on_read(self._read)
            image = pyvips.Image.pngload_source(
                source, access="sequential", fail_on="error"
            )
            self._write(image)
        except Exception as error:
            self._error = error

    def _read(self, size: int) -> bytes:
        """Called by libvips; no bytes end the stream."""
        while not self._rest and not self._is_stopped:
            try:
                self._rest = memoryview(self._parts.get(timeout=_SECONDS))
            except queue.Empty:
                if self._is_done:
                    return b""
        if self._is_stopped:
            return b""
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)
