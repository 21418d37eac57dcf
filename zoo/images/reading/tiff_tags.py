"""What a TIFF file says of its pixels, which libvips does not tell."""

import math
import os
import struct
from collections.abc import Mapping
from typing import BinaryIO

from convzoo.zoo.images.reading.tiff_directory import read_directory

# Tags of a directory.
_SUBFILE, _WIDTH, _HEIGHT, _BITS = 254, 256, 257, 258
_COMPRESSION, _PHOTOMETRIC = 259, 262
_SAMPLES, _INKS, _EXTRA, _FORMAT = 277, 332, 338, 339
TAGS = (
    *(_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC),
    *(_SAMPLES, _INKS, _EXTRA, _FORMAT),
)
# Colour channels of the photometric interpretations that are read.
_WHITE_IS_0, _CMYK, _YCBCR = 0, 5, 6
_CHANNELS = {_WHITE_IS_0: 1, 1: 1, 2: 3, 3: 1, _CMYK: 4, _YCBCR: 3}
_OTHERS = {
    4: "a mask",
    8: "CIELAB",
    9: "ICCLAB",
    10: "ITULAB",
    32803: "raw data of a camera",
    32844: "LogL",
    32845: "LogLuv",
    34892: "raw data of a camera",
}
_UNSIGNED, _UNDEFINED = 1, 4
_FORMATS = {2: "signed integers", 3: "floats", 5: "complex", 6: "complex"}
_UNSPECIFIED, _PREMULTIPLIED, _ALPHA = 0, 1, 2
_REDUCED, _MASK = 1, 4
_UNCOMPRESSED, _JPEG = 1, 7
_INSTEAD = "save it as 8- or 16-bit RGB"


def check_tiff(file: BinaryIO, name: object) -> None:
    """Raise a `ValueError` unless libvips certainly reads the first page right.

    Args:
        file: The file.
        name: Its name in error messages.
    """
    try:
        tags = read_directory(file, TAGS)
    except (struct.error, OSError, OverflowError) as error:
        raise ValueError(
            f"{name}: cannot be read as TIFF (its directory is damaged)"
        ) from error
    length = file.seek(0, os.SEEK_END)
    if not _is_long_enough(tags, length):
        raise ValueError(
            f"{name}: cannot be read as TIFF (its {length} bytes are too few "
            f"for {_first(tags, _WIDTH)}x{_first(tags, _HEIGHT)} pixels)"
        )
    reason = _page(tags) or _depth(tags) or _colours(tags) or _extra(tags)
    if reason:
        raise ValueError(f"{name}: {reason}; {_INSTEAD}")


def _is_long_enough(tags: Mapping[int, tuple[int, ...]], length: int) -> bool:
    """Whether the file can hold its pixels, before memory is taken for them."""
    if _first(tags, _COMPRESSION, _UNCOMPRESSED) != _UNCOMPRESSED:
        return True
    sizes = (_WIDTH, _HEIGHT, _SAMPLES, _BITS)
    bits = math.prod(_first(tags, tag, 1) for tag in sizes)
    return bits <= 8 * length


def _depth(tags: Mapping[int, tuple[int, ...]]) -> str | None:
    for kind in tags.get(_FORMAT, ()):
        if kind not in (_UNSIGNED, _UNDEFINED):
            found = _FORMATS.get(kind, f"sample format {kind}")
            return f"pixels must be unsigned integers. Received: {found}"
    bits = set(tags.get(_BITS, (1,)))
    if len(bits) > 1 or not bits <= {1, 2, 4, 8, 16}:
        received = ", ".join(map(str, sorted(bits)))
        return f"pixels must be 8 or 16 bits deep. Received: {received} bits"
    return None


def _colours(tags: Mapping[int, tuple[int, ...]]) -> str | None:
    photometric = _first(tags, _PHOTOMETRIC)
    if photometric not in _CHANNELS:
        found = _OTHERS.get(photometric, f"interpretation {photometric}")
        return f"its colours are not read. Received: {found}"
    if photometric == _YCBCR and _first(tags, _COMPRESSION) != _JPEG:
        return "its colours are not read. Received: YCbCr without JPEG"
    if photometric == _CMYK and _first(tags, _INKS, 1) != 1:
        return "its colours are not read. Received: inks other than CMYK"
    return None


def _extra(tags: Mapping[int, tuple[int, ...]]) -> str | None:
    """Channels beyond those of the colours, which `_colours` has checked."""
    photometric = _first(tags, _PHOTOMETRIC)
    extra = _first(tags, _SAMPLES, 1) - _CHANNELS[photometric]
    if extra < 0:
        return "it has too few channels for its colours"
    if extra == 0:
        return None
    # OpenCV does not say that its fourth channel is alpha.
    kind = _first(tags, _EXTRA, _ALPHA)
    if extra > 1 or kind == _UNSPECIFIED:
        return "it has channels that are neither colours nor alpha"
    if kind == _PREMULTIPLIED and photometric not in (1, 2):
        return "its alpha is premultiplied, but its colours are not RGB"
    return None


def _page(tags: Mapping[int, tuple[int, ...]]) -> str | None:
    if _first(tags, _SUBFILE, 0) & (_REDUCED | _MASK):
        return "its first page is a preview or a mask"
    return None


def _first(
    tags: Mapping[int, tuple[int, ...]], tag: int, default: int = -1
) -> int:
    return tags.get(tag, (default,))[0]
