"""Pixels of integers as floats in [0, 1]."""

import numpy as np


def unit_range(
    pixels: np.ndarray, *, out: np.ndarray | None = None
) -> np.ndarray:
    """Scale unsigned integers to float32 in [0, 1], by their largest value.

    Args:
        pixels: an array of uint8 or uint16.
        out: a float32 array to write to; None for a new one.
    """
    largest = np.iinfo(pixels.dtype).max
    return np.divide(pixels, np.float32(largest), out=out, dtype=np.float32)
