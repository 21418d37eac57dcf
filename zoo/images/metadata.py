"""What an image file says beside its pixels."""

import math
import warnings
from typing import NamedTuple

import pyvips

from convzoo.zoo.images.kept_exif import kept_exif

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


def read_metadata(image: pyvips.Image, name: object) -> Metadata:
    """Return the metadata of an image, as libvips has read its header.

    Args:
        image: The image, before it is turned upright.
        name: Its name in a warning, if the EXIF data cannot be read.
    """
    return Metadata(
        _field(image, "icc-profile-data"), _exif(image, name), _dpi(image)
    )


def _exif(image: pyvips.Image, name: object) -> bytes | None:
    data = _field(image, "exif-data")
    try:
        return None if data is None else kept_exif(data)
    except Exception:
        # Pillow raises anything for damaged data.
        warnings.warn(
            f"{name}: its EXIF data are damaged, and not kept", stacklevel=3
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
