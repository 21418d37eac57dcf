"""An image of its strips."""

from collections.abc import Iterable

import numpy as np


def joined_strips(
    strips: Iterable[np.ndarray], shape: tuple[int, int, int], dtype: np.dtype
) -> np.ndarray:
    """Return the image that strips make, of which one is held at a time.

    Args:
        strips: The image from the top, in arrays `(rows, width, channels)`.
        shape: Height, width and channels of the image.
        dtype: Type of its pixels.
    """
    result = np.empty(shape, dtype)
    row = 0
    for strip in strips:
        result[row : row + len(strip)] = strip
        row += len(strip)
    return result
