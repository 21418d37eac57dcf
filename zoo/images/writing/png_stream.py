"""An uncompressed PNG stream, by which libvips takes an image in parts."""

import struct
import zlib
from collections.abc import Iterable, Iterator

import numpy as np

# By the number of channels.
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_BYTES = 1 << 20


def png_stream(
    strips: Iterable[np.ndarray], shape: tuple[int, int, int], dtype: np.dtype
) -> Iterator[bytes]:
    """Encode an image without compression, at most a megabyte or a row at once.

    Args:
        strips: The image from the top, in arrays `(rows, width, channels)`.
        shape: Height, width and channels of the image.
        dtype: uint8 or uint16.
    """
    height, width, channels = shape
    depth = 8 * dtype.itemsize
    header = struct.pack(
        ">IIBBBBB", width, height, depth, _COLOUR_TYPES[channels], 0, 0, 0
    )
    yield b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header)
    compressor = zlib.compressobj(0)
    count = max(_BYTES // (width * channels * dtype.itemsize), 1)
    for strip in strips:
        for start in range(0, len(strip), count):
            rows = _rows(strip[start : start + count])
            yield _chunk(b"IDAT", compressor.compress(rows))
        # Freed before the next one is computed.
        del strip
    yield _chunk(b"IDAT", compressor.flush()) + _chunk(b"IEND", b"")


def _rows(pixels: np.ndarray) -> bytes:
    """The rows, most significant bytes first; each begins with filter 0."""
    values = np.ascontiguousarray(pixels, pixels.dtype.newbyteorder(">"))
    rows = values.reshape(len(values), -1).view("uint8")
    return np.pad(rows, ((0, 0), (1, 0))).tobytes()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return b"".join(
        [
            struct.pack(">I", len(content)),
            kind,
            content,
            struct.pack(">I", zlib.crc32(content, zlib.crc32(kind))),
        ]
    )
