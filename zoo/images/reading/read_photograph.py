"""Photographs, as the networks take them."""

import numpy as np

from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.zoo.images.reading.in_srgb import in_srgb
from convzoo.zoo.images.reading.photograph_of import photograph_of
from convzoo.zoo.images.reading.read_image import read_image


def read_photograph(path: PathLike, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Read the pixels of a file as uint8 `(height, width, 1 or 3)`.

    An embedded colour profile is applied, and an image with alpha is composited
    on white.

    Args:
        path: As in `read_image`.
        max_pixels: As in `read_image`.

    Raises:
        ValueError: As in `read_image`.
    """
    return photograph_of(in_srgb(read_image(path, max_pixels)))
