"""A file of which little is read at once."""

import io
from typing import IO

MOST_BYTES = 8 << 20


class ShortReads(io.BufferedIOBase):
    """A file of which no more than `MOST_BYTES` are read at once.

    `zipfile` reads the whole list of members at once: here that of 80,000
    arrays.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        # What stands at the end is read without a size.
        if size is None or size < 0:
            size = MOST_BYTES
        if size > MOST_BYTES:
            raise ValueError("the archive has too many members")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True
