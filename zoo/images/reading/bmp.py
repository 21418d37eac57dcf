"""Decoding of BMP files, which libvips does not read."""

from typing import BinaryIO

import numpy as np
from PIL import BmpImagePlugin

from convzoo.common.pixel_limit import check_pixels
from convzoo.zoo.images.memory import check_memory

# Modes of the pixels, by the modes that Pillow tells.
_MODES = {"1": "L", "L": "L", "P": "RGB", "RGB": "RGB", "RGBA": "RGBA"}


def decode_bmp(file: BinaryIO, name: object, max_pixels: int) -> np.ndarray:
    """Return uint8 pixels `(height, width, 1, 3 or 4)`.

    Args:
        file: The file.
        name: Its name in error messages.
        max_pixels: Larger images are refused before they are decoded.

    Raises:
        ValueError: If the file is damaged, of a rare kind or too large.
    """
    file.seek(0)
    # Pillow reads a hostile header with many kinds of errors.
    try:
        image = BmpImagePlugin.BmpImageFile(file)
    except Exception as error:
        raise ValueError(f"{name}: cannot be read as BMP ({error})") from error
    width, height = image.size
    check_pixels(name, width, height, max_pixels)
    check_memory(
        width * height * 7,
        f"{name}: decoding {width}x{height} pixels",
        "crop the image",
    )
    try:
        pixels = np.asarray(image.convert(_MODES[image.mode]))
    except Exception as error:
        raise ValueError(f"{name}: cannot be read as BMP ({error})") from error
    return pixels.reshape(height, width, -1)
