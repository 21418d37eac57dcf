"""Writing of image files that are larger than the memory."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from convzoo.common.types import PathLike
from convzoo.zoo.images.metadata import Metadata
from convzoo.zoo.images.writing.encoder import Encoder
from convzoo.zoo.images.writing.png_stream import png_stream
from convzoo.zoo.images.writing.saved import saved
from convzoo.zoo.images.writing.write_image import (
    check_format,
    check_quality,
    check_writable,
)


def write_strips(
    path: PathLike,
    strips: Iterable[np.ndarray],
    shape: tuple[int, int, int],
    dtype: np.dtype,
    metadata: Metadata,
    overwrite: bool = False,
    quality: int | None = None,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write an image file as `write_image` does, of an image in parts.

    Args:
        path: File to write. The suffix selects the format.
        strips: The image from the top, in arrays `(rows, width, channels)`,
            which may be computed while the file is written.
        shape: Height, width and channels of the image.
        dtype: uint8 or uint16.
        metadata: What to write beside the pixels.
        overwrite: As in `write_image`.
        quality: As in `write_image`.
        check: Called again and again while the file is written. What it raises
            ends the work, and leaves no file.

    Raises:
        ValueError: As in `write_image`.
    """
    path = Path(path)
    check_writable(path, overwrite)
    check_quality(quality)
    check_format(path, dtype, shape)
    size = int(np.prod(shape)) * dtype.itemsize
    with saved(path, metadata, quality, size) as save:
        encoder = Encoder(save, check)
        try:
            for part in png_stream(strips, shape, dtype):
                encoder.feed(part)
            encoder.finish()
        except BaseException:
            encoder.stop()
            raise
