"""Rows of an image that is computed from the top, in strips."""

from collections.abc import Iterator

import numpy as np


class StripRows:
    """Gives the rows of an image by number, of which strips come one by one.

    Of earlier strips, only the rows are kept that may still be asked for.

    Args:
        strips: The image from the top, in arrays `(rows, width, channels)`.
    """

    def __init__(self, strips: Iterator[np.ndarray]) -> None:
        self._strips = strips
        self._first = 0
        self._parts: list[np.ndarray] = []

    def rows(self, first: int, last: int) -> np.ndarray:
        """Return the rows `[first, last)` as `(last - first, width, channels)`.

        From call to call, `first` and `last` may not decrease.
        """
        while self._end < last:
            self._forget(first)
            self._parts.append(next(self._strips))
        found = []
        start = self._first
        for part in self._parts:
            wanted = part[max(first - start, 0) : max(last - start, 0)]
            start += len(part)
            if len(wanted):
                found.append(wanted)
        return found[0] if len(found) == 1 else np.concatenate(found)

    @property
    def _end(self) -> int:
        return self._first + sum(map(len, self._parts))

    def _forget(self, first: int) -> None:
        """Free what is before a row, before the next strip is computed."""
        while self._parts and self._first + len(self._parts[0]) <= first:
            self._first += len(self._parts.pop(0))
        if self._parts and self._first < first:
            self._parts[0] = self._parts[0][first - self._first :].copy()
            self._first = first
