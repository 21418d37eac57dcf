"""Integer pixels as floats in [0, 1]."""

import numpy as np


def unit_range(
    pixels: np.ndarray, *, out: np.ndarray | None = None
) -> np.ndarray:
    """Scale unsigned integers to [0, 1] by the maximum of their type.

    Args:
        pixels: Array of uint8 or uint16.
        out: Float32 array to write to. None for a new array.

    Returns:
        Float32 array.
    """
    largest = np.iinfo(pixels.dtype).max
    return np.divide(pixels, np.float32(largest), out=out, dtype=np.float32)
