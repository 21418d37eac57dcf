"""Super-resolution of one image of any size, depth and number of channels."""

import numpy as np

from convzoo.zoo.super_resolution.upscale_strips import (
    Enlarge,
    Progress,
    upscale_strips,
)

_INTEGERS = ("uint8", "uint16")
_FLOATS = ("float16", "float32", "float64")


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
    pixels = _checked(image)
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
        result = np.empty(
            (height * scale, width * scale, channels), pixels.dtype
        )
        row = 0
        for strip in strips:
            result[row : row + len(strip)] = strip
            row += len(strip)
    return result if np.ndim(image) == 3 else result[:, :, 0]


def _checked(image: np.ndarray) -> np.ndarray:
    """Return `image` with three axes, or raise a `ValueError`."""
    pixels = np.asarray(image)
    if pixels.dtype.name not in (*_INTEGERS, *_FLOATS):
        raise ValueError(
            "`image` must be uint8, uint16 or a float array. "
            f"Received: dtype={pixels.dtype}"
        )
    shape = pixels.shape
    if pixels.ndim == 2:
        pixels = np.expand_dims(pixels, -1)
    if pixels.ndim != 3 or not 1 <= pixels.shape[-1] <= 4:
        raise ValueError(
            "`image` must have shape (height, width) or (height, width, "
            f"channels) with 1 to 4 channels. Received: shape={shape}"
        )
    if pixels.size == 0:
        raise ValueError(f"`image` must not be empty. Received: shape={shape}")
    if pixels.dtype.name in _FLOATS:
        low, high = float(pixels.min()), float(pixels.max())
        if not (low >= 0 and high <= 1):
            raise ValueError(
                "A float `image` must lie in [0, 1]. "
                f"Received: values from {low} to {high}"
            )
    return pixels
