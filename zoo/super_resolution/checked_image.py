"""Check of an image that is to be enlarged."""

import numpy as np

_INTEGERS = ("uint8", "uint16")
_FLOATS = ("float16", "float32", "float64")


def checked_image(image: np.ndarray) -> np.ndarray:
    """Return an image as an array `(height, width, channels)`.

    Args:
        image: As in `SRGenerator.upscale`.

    Raises:
        ValueError: It is empty, or its rank, dtype, range or number of channels
            is unsupported.
    """
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
