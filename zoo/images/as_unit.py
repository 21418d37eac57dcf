"""Pixels of an image of any depth as floats in [0, 1]."""

import numpy as np

from convzoo.common.unit_range import unit_range


def as_unit(pixels: np.ndarray) -> np.ndarray:
    """Return pixels of uint8, uint16 or floats in [0, 1] as float32."""
    if pixels.dtype.kind == "u":
        return unit_range(pixels)
    return pixels.astype(np.float32)
