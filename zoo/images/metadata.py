"""What an image file says beside its pixels."""

import math
import struct
import warnings
from collections.abc import Callable
from typing import BinaryIO, NamedTuple, TypeVar

import pyvips

from convzoo.zoo.images.kept_exif import (
    exif_dpi,
    kept_exif,
    kept_exif_of_tiff,
)
from convzoo.zoo.images.whole_profile import whole_profile

Found = TypeVar("Found")
# libvips has pixels per millimetre, and 1 for a file that does not say.
MILLIMETRES = 25.4
_UNKNOWN = 1.0


class Metadata(NamedTuple):
    """What an image file says beside its pixels.

    Attributes:
        icc_profile: Bytes of the embedded colour profile, or None.
        exif: EXIF data, without orientation, thumbnail and sizes, or None.
        dpi: Pixels per inch, horizontally and vertically, or None.
    """

    icc_profile: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None


def read_metadata(
    image: pyvips.Image, name: object, tiff: bytes | None
) -> Metadata:
    """Return the metadata of an image.

    Args:
        image: The image, of which libvips has read the header.
        name: Its name in a warning, if the EXIF data are damaged.
        tiff: The EXIF data if the file is TIFF, which libvips does not read.
    """
    profile = _field(image, "icc-profile-data")
    if profile is not None:
        profile = whole_profile(profile, name)
    data = _field(image, "exif-data")
    if not data:
        return Metadata(profile, tiff, _dpi(image))
    exif = _or_warn(name, lambda: (kept_exif(data), exif_dpi(data)))
    kept, dpi = exif or (None, None)
    # WebP has no other place for the resolution.
    return Metadata(profile, kept, _dpi(image) or dpi)


def read_tiff_exif(file: BinaryIO, name: object) -> bytes | None:
    """Return the EXIF data of a TIFF file, before libvips opens it.

    Args:
        file: The file, whose position is changed.
        name: Its name in a warning, if the data are damaged.
    """
    return _or_warn(name, lambda: kept_exif_of_tiff(file))


def _or_warn(name: object, read: Callable[[], Found]) -> Found | None:
    try:
        return read()
    except (OSError, OverflowError, ValueError, struct.error):
        # Places beyond the file, no TIFF, or an early end.
        warnings.warn(
            f"{name}: its EXIF data are damaged or too long, and not kept",
            stacklevel=4,
        )
        return None


def _dpi(image: pyvips.Image) -> tuple[float, float] | None:
    both = image.xres, image.yres
    if both == (_UNKNOWN, _UNKNOWN):
        return None
    if not all(0 < each < math.inf for each in both):
        return None
    return both[0] * MILLIMETRES, both[1] * MILLIMETRES


def _field(image: pyvips.Image, name: str) -> bytes | None:
    return image.get(name) if image.get_typeof(name) else None
