"""Floats in [0, 1] as pixels of an image."""

import numpy as np


def at_depth(pixels: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return pixels as values of the type of an image, rounded to integers.

    Args:
        pixels: Float array in [0, 1]; changed.
        dtype: uint8 or uint16, which 1 becomes the largest value of, or a float
            type.
    """
    if dtype.kind == "u":
        pixels *= np.float32(np.iinfo(dtype).max)
        np.rint(pixels, out=pixels)
    return pixels.astype(dtype)
