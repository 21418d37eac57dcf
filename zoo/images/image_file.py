"""A decoded image file."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ImageFile:
    """A decoded image file.

    Attributes:
        pixels: uint8 or uint16 array `(height, width, channels)`, upright, with
            1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) channels.
        icc_profile: Bytes of the embedded colour profile, or None.
    """

    pixels: np.ndarray
    icc_profile: bytes | None = None
