"""Sizes at which a classifier sees the images of a folder."""

from collections.abc import Sequence

import numpy as np

from convzoo.zoo.images.bicubic import resize_bicubic

# Photographs are scaled to the first; images whose shorter side is below the
# second in the median, such as crops of signs, keep their sizes.
_SHORT_SIDE = 96
_PHOTOGRAPH = 144


def chosen_short_side(sizes: Sequence[Sequence[int]]) -> int | None:
    """Return the side to scale photographs to, or None for small images.

    Args:
        sizes: Rows and columns of some images.
    """
    if not len(sizes):
        return None
    median = np.median(np.min(sizes, axis=1))
    return _SHORT_SIDE if median >= _PHOTOGRAPH else None


def scaled_image(
    image: np.ndarray, short_side: int | None, max_side: int | None
) -> np.ndarray:
    """Scale an image, keeping its aspect ratio.

    Args:
        image: uint8 array `(height, width, channels)`.
        short_side: Its shorter side, in pixels, or None for its own.
        max_side: Largest side, which counts more, or None for no limit.
    """
    height, width = image.shape[:2]
    factor = 1.0 if short_side is None else short_side / min(height, width)
    if max_side is not None:
        factor = min(factor, max_side / max(height, width))
    if factor == 1:
        return image
    height, width = (max(round(n * factor), 1) for n in (height, width))
    return resize_bicubic(image, height, width)
