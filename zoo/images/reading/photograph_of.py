"""Pixels of image files, as the networks take photographs."""

import numpy as np

from convzoo.zoo.images.reading.on_white import on_white


def photograph_of(pixels: np.ndarray) -> np.ndarray:
    """Return uint8 pixels `(height, width, 1 or 3)`, on white.

    Args:
        pixels: uint8 or uint16 array `(height, width, channels)`, as in
            `ImageFile`.

    Raises:
        ValueError: If `pixels` has another type.
    """
    if pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError(
            "`pixels` must be 8 or 16 bits deep. "
            f"Received: pixels of type {pixels.dtype}"
        )
    opaque = on_white(pixels)
    if opaque.dtype == np.uint16:
        return np.rint(opaque / np.float32(257)).astype(np.uint8)
    return opaque
