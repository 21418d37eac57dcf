"""Photographs and their low-resolution versions."""

from typing import NamedTuple

import numpy as np

from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.reading.read_photograph import read_photograph


class Pair(NamedTuple):
    """Low- and high-resolution uint8 arrays `(height, width, 1 or 3)`."""

    low: np.ndarray
    high: np.ndarray


def crop_to_multiple(image: np.ndarray, scale: int) -> np.ndarray:
    """Crop an image at the bottom and right to multiples of `scale`."""
    height, width = (n - n % scale for n in image.shape[:2])
    return image[:height, :width]


def shrink(image: np.ndarray, scale: int) -> np.ndarray:
    """Shrink an image by antialiased bicubic interpolation, with rounding."""
    height, width = (n // scale for n in image.shape[:2])
    return resize_bicubic(image, height, width)


def pair_of(image: np.ndarray, scale: int) -> Pair:
    """Pair an image, cropped to a multiple of `scale`, with a shrunk copy."""
    high = crop_to_multiple(image, scale)
    return Pair(shrink(high, scale), high)


def read_pair(path: PathLike, scale: int, max_pixels: int = MAX_PIXELS) -> Pair:
    """Read a photograph, crop it to a multiple of `scale`, and pair it.

    Args:
        path: The file.
        scale: Factor between the two resolutions.
        max_pixels: As in `read_photograph`.

    Raises:
        ValueError: If the file cannot be read, or is smaller than `scale`
            pixels in one direction.
    """
    image = read_photograph(path, max_pixels)
    if min(image.shape[:2]) < scale:
        raise ValueError(f"{path}: is smaller than {scale} pixels a side")
    return pair_of(image, scale)


def reduced_pair(pair: Pair, reduction: float, scale: int) -> Pair:
    """Return the pair of the shrunk photograph.

    Shrinking also removes JPEG artifacts, blur and noise.

    Args:
        pair: Pair of the photograph.
        reduction: Factor above 0 and at most 1.
        scale: Factor between the two resolutions.

    Raises:
        ValueError: If the result would be smaller than `scale` pixels in one
            direction.
    """
    if reduction == 1:
        return pair
    height, width = (
        scale * int(n * reduction / scale) for n in pair.high.shape[:2]
    )
    if 0 in (height, width):
        raise ValueError(
            f"A photograph of {pair.high.shape[1]}x{pair.high.shape[0]} pixels "
            f"is too small for a reduction by {reduction}"
        )
    return pair_of(resize_bicubic(pair.high, height, width), scale)
