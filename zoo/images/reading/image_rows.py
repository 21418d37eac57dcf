"""An image file that is decoded from the top, as its rows are needed."""

from collections.abc import Callable

import numpy as np

from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.memory import check_memory
from convzoo.zoo.images.metadata import Metadata


class ImageRows:
    """An open image file, upright, of which rows are decoded once.

    Args:
        name: Name of the image in error messages.
        shape: Height, width and channels of the image.
        dtype: uint8 or uint16.
        metadata: What the file says beside its pixels.
        decode: Function that returns the rows `[first, last)` as an array
            `(last - first, width, channels)`.
    """

    def __init__(
        self,
        name: object,
        shape: tuple[int, int, int],
        dtype: np.dtype,
        metadata: Metadata,
        decode: Callable[[int, int], np.ndarray],
    ) -> None:
        self._name = name
        self.shape = shape
        self.dtype = dtype
        self.metadata = metadata
        self._decode = decode
        self._first = 0
        self._kept = np.empty((0, *shape[1:]), dtype)

    def rows(self, first: int, last: int) -> np.ndarray:
        """Return the rows `[first, last)`.

        From call to call, `first` and `last` may not decrease. Rows before
        `first` are forgotten.

        Raises:
            ValueError: If the file is damaged there.
        """
        kept = self._kept[first - self._first :]
        end = first + len(kept)
        if last > end:
            added = self._decode(end, last)
            kept = np.concatenate([kept, added]) if len(kept) else added
        self._first, self._kept = first, kept
        return kept[: last - first]

    def whole(self) -> ImageFile:
        """Return the whole image, in place of `rows`.

        Raises:
            ValueError: If the file is damaged, or the memory does not suffice.
        """
        self.load()
        return ImageFile(self.rows(0, self.shape[0]), *self.metadata)

    def load(self) -> None:
        """Decode all rows now, and keep them until they are forgotten.

        Raises:
            ValueError: As in `whole`.
        """
        height, width, _ = self.shape
        check_decoding(self._name, height, width, self.size)
        self.rows(0, height)

    @property
    def size(self) -> int:
        """Bytes of the decoded image."""
        height, width, channels = self.shape
        return height * width * channels * self.dtype.itemsize


def check_decoding(name: object, height: int, width: int, size: int) -> None:
    """Raise a `ValueError` unless an image can be decoded in one piece.

    Args:
        name: Name of the image.
        height: Its height.
        width: Its width.
        size: Bytes of its pixels; a decoder may hold them twice.
    """
    check_memory(
        2 * size, f"{name}: decoding {width}x{height} pixels", "crop the image"
    )
