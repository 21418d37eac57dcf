"""Antialiased reduction of an image that comes from the top."""

from collections.abc import Callable, Iterator

import numpy as np

from convzoo.zoo.images.bicubic import resize_bicubic

# Rows of the result that are computed at once.
_ROWS = 32
# Radius of the bicubic kernel, in pixels of the result.
_RADIUS = 2


def reduced_strips(
    rows: Callable[[int, int], np.ndarray],
    shape: tuple[int, int, int],
    size: tuple[int, int],
) -> Iterator[np.ndarray]:
    """Reduce an image as `resize_bicubic` does, a strip after the other.

    Args:
        rows: Function that returns the rows `[first, last)` of the image as a
            float32 array `(last - first, width, channels)` in [0, 1]. From call
            to call, `first` and `last` never decrease.
        shape: Height, width and channels of the image.
        size: Height and width of the result, at most those of the image.

    Returns:
        Iterator over float32 strips of the result in [0, 1], from the top. The
        kernel may overshoot, which is clipped.
    """
    height, width, channels = shape
    new_height, new_width = size
    for start in range(0, new_height, _ROWS):
        stop = min(start + _ROWS, new_height)
        first, weights = _weights(height, new_height, start, stop)
        band = rows(first, first + weights.shape[1])
        mixed = weights @ band.reshape(len(band), -1)
        mixed = mixed.reshape(stop - start, width, channels)
        yield np.clip(resize_bicubic(mixed, stop - start, new_width), 0, 1)


def _weights(
    length: int, new_length: int, start: int, stop: int
) -> tuple[int, np.ndarray]:
    """The weights of the pixels of an axis in the pixels `[start, stop)`.

    Returns:
        The first pixel that has a weight, and a float32 array
        `(stop - start, pixels)`, whose rows add up to 1.
    """
    scale = length / new_length
    centres = (np.arange(start, stop) + 0.5) * scale
    reach = _RADIUS * scale
    first = max(int(centres[0] - reach), 0)
    last = min(int(np.ceil(centres[-1] + reach)), length)
    pixels = np.arange(first, last) + 0.5
    weights = _kernel((pixels - centres[:, None]) / scale)
    weights /= weights.sum(axis=1, keepdims=True)
    return first, weights.astype(np.float32)


def _kernel(distances: np.ndarray) -> np.ndarray:
    """Cubic convolution with a = -0.5.

    Keys 1981, Cubic Convolution Interpolation for Digital Image Processing,
    https://doi.org/10.1109/TASSP.1981.1163711, eq. 15.
    """
    x = np.abs(distances)
    near = (1.5 * x - 2.5) * x**2 + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < _RADIUS, far, 0))
