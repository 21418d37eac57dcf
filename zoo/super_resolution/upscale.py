"""Super-resolution of one image of any size, depth and number of channels."""

import numpy as np

from convzoo.zoo.images.joined_strips import joined_strips
from convzoo.zoo.super_resolution.checked_image import checked_image
from convzoo.zoo.super_resolution.upscale_strips import (
    Enlarge,
    Progress,
    upscale_strips,
)


def upscale(
    enlarge: Enlarge,
    image: np.ndarray,
    scale: int,
    radius: int,
    tile: int | None = None,
    progress: Progress | None = None,
    ensemble: bool = False,
) -> np.ndarray:
    """Enlarge one image.

    Args:
        enlarge: Function that maps a float32 batch `(1, height, width, 3)`, RGB
            in [0, 1], to `(1, scale * height, scale * width, 3)`.
        image: Array `(height, width)` or `(height, width, channels)` of uint8,
            uint16 or floats in [0, 1]. One channel is grey, 2 are grey and
            alpha, 3 RGB, 4 RGB and alpha.
        scale: Upscaling factor of `enlarge`.
        radius: Radius of the receptive field, in input pixels.
        tile: Side of square tiles, in input pixels. None processes the whole
            image at once.
        progress: Function that is called after each tile with the number of
            finished tiles and the total number of tiles.
        ensemble: Whether to average over all rotations by 90 degrees and
            reflections.

    Returns:
        Array of the dtype and rank of `image`, `scale` times as large.

    Raises:
        ValueError: If `image`, `tile` or `ensemble` is invalid.
    """
    pixels = checked_image(image)
    height, width, channels = pixels.shape
    strips = upscale_strips(
        enlarge,
        lambda first, last: pixels[first:last],
        (height, width, channels),
        scale,
        radius,
        tile,
        progress,
        ensemble,
    )
    if tile is None:
        (result,) = strips
    else:
        shape = height * scale, width * scale, channels
        result = joined_strips(strips, shape, pixels.dtype)
    return result if np.ndim(image) == 3 else result[:, :, 0]
