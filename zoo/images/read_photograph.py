"""Photographs, as the networks take them."""

import numpy as np

from convzoo.common.types import PathLike
from convzoo.zoo.images.read_image import read_image


def read_photograph(path: PathLike) -> np.ndarray:
    """Read the pixels of a file as uint8 `(height, width, 1 or 3)`.

    Alpha is dropped.

    Raises:
        ValueError: As in `read_image`.
    """
    pixels = read_image(path).pixels
    if pixels.dtype == np.uint16:
        pixels = np.rint(pixels / 257).astype(np.uint8)
    return pixels[..., : 3 if pixels.shape[-1] > 2 else 1]
