"""A decoded image file."""

from dataclasses import dataclass

import numpy as np

from convzoo.zoo.images.metadata import Metadata


@dataclass(frozen=True)
class ImageFile:
    """A decoded image file.

    Attributes:
        pixels: uint8 or uint16 array `(height, width, channels)`, upright, with
            1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) channels.
        icc_profile: Bytes of the embedded colour profile, or None.
        exif: EXIF data without orientation, thumbnail and sizes, or None.
        dpi: Pixels per inch, horizontally and vertically, or None.
    """

    pixels: np.ndarray
    icc_profile: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None

    @property
    def metadata(self) -> Metadata:
        return Metadata(self.icc_profile, self.exif, self.dpi)
