"""Images as they are sent to servers."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from convzoo.common.types import PathLike


def encoded_image(image: PathLike | bytes | np.ndarray) -> bytes:
    """Return the bytes of an image file.

    Args:
        image: Path of a file, its bytes, or a uint8 array of shape
            `(height, width)` or `(height, width, 3)`, which becomes PNG.

    Raises:
        ValueError: If the file cannot be read, or the array is no such image.
    """
    if isinstance(image, bytes):
        return image
    if isinstance(image, np.ndarray):
        return _png(image)
    path = Path(image)
    if path.exists() and not path.is_file():
        raise ValueError(f"{image}: is not a file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(
            f"{image}: cannot be read ({error.strerror})"
        ) from error


def _png(image: np.ndarray) -> bytes:
    colours = image.ndim == 3 and image.shape[2] == 3
    if image.dtype != np.uint8 or not (image.ndim == 2 or colours):
        raise ValueError(
            "An image must be a uint8 array of shape (height, width) or "
            f"(height, width, 3). Received: shape {image.shape}, dtype "
            f"{image.dtype}"
        )
    if not image.size:
        raise ValueError(
            f"An image must not be empty. Received: shape {image.shape}"
        )
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "png")
    return buffer.getvalue()
