"""Images as `SizeAgnosticClassifier` takes them."""

from collections.abc import Sequence

import numpy as np

from convzoo.common.longest_aspect import LONGEST
from convzoo.common.unit_range import unit_range
from convzoo.zoo.images.bicubic import resize_bicubic


def classifier_pixels(
    image: np.ndarray, image_range: Sequence[float], side: int | None = None
) -> np.ndarray:
    """Return one image as the network takes it.

    Args:
        image: Array `(height, width, channels)` with 1, 3 or 4 channels; uint8,
            uint16, or floats in `image_range`. An image with alpha is
            composited on white.
        image_range: Lowest and highest pixel value.
        side: Length in pixels to which the shorter side is scaled, keeping the
            aspect ratio, see `scaled_size`. None keeps the size.

    Returns:
        Float32 array `(height, width, 3)` in `image_range`.

    Raises:
        ValueError: The image is not as described, or a pixel is NaN or
            infinite.
    """
    image = np.asarray(image)
    is_integer = _checked(image, image_range)
    low, high = image_range
    if is_integer:
        image = low + unit_range(image) * (high - low)
    if image.shape[2] == 4:
        image = _on_white(image, image_range)
    image = np.broadcast_to(image, (*image.shape[:2], 3)).astype("float32")
    if side is None:
        return image
    size = scaled_size(image.shape, side)
    if size == image.shape[:2]:
        return image
    # Cubic interpolation overshoots at edges.
    return resize_bicubic(image, *size).clip(low, high)


def scaled_size(shape: Sequence[int], side: int) -> tuple[int, int]:
    """Return the rows and columns of an image with a shorter side of `side`.

    An image that is more than `LONGEST` times as long as wide is squeezed to
    that.

    Args:
        shape: Shape of the image; rows and columns come first.
        side: Length in pixels.
    """
    height, width = shape[:2]
    shorter = min(height, width)
    # The shorter side is exact, and the longer one rounded half up.
    return (
        min((2 * height * side + shorter) // (2 * shorter), LONGEST * side),
        min((2 * width * side + shorter) // (2 * shorter), LONGEST * side),
    )


def _checked(image: np.ndarray, image_range: Sequence[float]) -> bool:
    """Check an image, and return whether it holds integers."""
    if image.ndim != 3 or image.shape[2] not in (1, 3, 4) or 0 in image.shape:
        raise ValueError(
            "`image` must have shape (height, width, channels) with 1, 3 or 4 "
            f"channels. Received: image of shape {image.shape}"
        )
    is_integer = image.dtype.newbyteorder("=") in (np.uint8, np.uint16)
    if not is_integer and image.dtype.kind != "f":
        raise ValueError(
            "`image` must be uint8, uint16 or a float array. Received: "
            f"dtype={image.dtype}"
        )
    if not np.isfinite(image).all():
        raise ValueError(
            "`image` must not contain NaN or infinity. Received: image with "
            f"{np.count_nonzero(~np.isfinite(image))} such values"
        )
    low, high = image_range
    if not is_integer and (image.min() < low or image.max() > high):
        raise ValueError(
            f"A float `image` must lie in [{low:g}, {high:g}]. Received: "
            f"values from {image.min():g} to {image.max():g}"
        )
    return is_integer


def _on_white(image: np.ndarray, image_range: Sequence[float]) -> np.ndarray:
    """Composite an image in `image_range`, whose last channel is alpha."""
    low, high = image_range
    alpha = np.clip((image[..., 3:] - low) / (high - low), 0, 1)
    return image[..., :3] * alpha + high * (1 - alpha)
