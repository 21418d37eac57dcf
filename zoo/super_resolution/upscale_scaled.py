"""Super-resolution of one image by any factor."""

from typing import TYPE_CHECKING

import numpy as np

from convzoo.zoo.images.joined_strips import joined_strips
from convzoo.zoo.super_resolution.checked_image import checked_image
from convzoo.zoo.super_resolution.enlargement import enlargement
from convzoo.zoo.super_resolution.scaled_strips import scaled_strips
from convzoo.zoo.super_resolution.upscale_strips import Progress

if TYPE_CHECKING:
    from convzoo.zoo.super_resolution.sr_generator import SRGenerator


def upscale_scaled(
    model: "SRGenerator",
    image: np.ndarray,
    scale: float,
    tile: int | None = None,
    progress: Progress | None = None,
    ensemble: bool = False,
) -> np.ndarray:
    """Enlarge one image by a factor from 1 to 8, as `upscale_file` does.

    Args:
        model: The network, which runs as often as it is needed.
        image: As in `SRGenerator.upscale`.
        scale: The factor.
        tile: As in `upscale_file`.
        progress: As in `SRGenerator.upscale`.
        ensemble: As in `SRGenerator.upscale`.

    Returns:
        Array of the dtype and rank of `image`, with sides of
        `round(scale * side)` pixels.

    Raises:
        ValueError: As in `SRGenerator.upscale`.
    """
    pixels = checked_image(image)
    height, width, channels = pixels.shape
    passes, size = enlargement([model], (height, width), scale)
    strips = scaled_strips(
        passes,
        lambda first, last: pixels[first:last],
        (height, width, channels),
        size,
        pixels.dtype,
        tile,
        progress,
        ensemble,
    )
    result = joined_strips(strips, (*size, channels), pixels.dtype)
    return result if np.ndim(image) == 3 else result[:, :, 0]
