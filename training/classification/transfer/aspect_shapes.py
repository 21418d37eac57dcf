"""A few shapes for images of many aspect ratios."""

import math

import numpy as np

from convzoo.common.longest_aspect import LONGEST
from convzoo.zoo.classification.classifier_pixels import scaled_size


def aspect_shapes(
    sizes: np.ndarray, side: int, max_stretch: float
) -> np.ndarray:
    """Return the shape to which each image is scaled.

    The shorter side becomes `side`. The aspect ratio moves to the nearest of a
    few, which are evenly spread on a logarithmic scale and contain 1, so that a
    network without masks sees batches of a few shapes. Images that are more
    than 16 times as long as wide are squeezed to that.

    Args:
        sizes: Rows and columns, integers `(images, 2)`.
        side: Length of the shorter side, in pixels.
        max_stretch: Largest factor by which an aspect ratio changes. 1 keeps
            each up to rounding.

    Returns:
        Rows and columns, `(images, 2)`.
    """
    sizes = np.asarray(sizes)
    shapes = np.array([scaled_size(size, side) for size in sizes.tolist()])
    if max_stretch == 1:
        return shapes
    step = 2 * math.log(max_stretch)
    ratios = sizes.max(axis=1) / sizes.min(axis=1)
    nearest = np.exp(np.rint(np.log(ratios) / step) * step)
    longer = np.rint(side * nearest).astype(int).clip(side, LONGEST * side)
    is_wide = sizes[:, 1] > sizes[:, 0]
    shapes[:, 0] = np.where(is_wide, side, longer)
    shapes[:, 1] = np.where(is_wide, longer, side)
    return shapes
