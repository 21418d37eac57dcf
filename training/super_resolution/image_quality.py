"""PSNR and SSIM of enlarged images.

Wang et al. 2004, Image Quality Assessment: From Error Visibility to Structural
Similarity, https://doi.org/10.1109/TIP.2003.819861.
"""

from collections.abc import Iterator

import numpy as np

from convzoo.common.luma_weights import LUMA_WEIGHTS
from convzoo.losses.gaussian_window import gaussian_taps

# ITU-R BT.601, studio range: what MATLAB's rgb2ycbcr computes.
_Y_WEIGHTS = 219 * np.array(LUMA_WEIGHTS) / 255
_Y_OFFSET = 16
# Side and standard deviation of the window of SSIM.
_WINDOW, _SIGMA = 11, 1.5
# Rows at once: floats of a whole photograph would take gigabytes.
_ROWS = 128


def luma(image: np.ndarray) -> np.ndarray:
    """Y channel of ITU-R BT.601, 16..235, not rounded.

    Grey images are returned unchanged.

    Args:
        image: Array `(height, width, 1)` or RGB `(height, width, 3)`, 0..255.

    Returns:
        A float64 array `(height, width)`.
    """
    if image.shape[-1] == 1:
        return image[..., 0].astype(np.float64)
    result = np.empty(image.shape[:2])
    for rows in _strips(len(image)):
        result[rows] = _Y_OFFSET + image[rows].astype(np.float64) @ _Y_WEIGHTS
    return result


def shave(image: np.ndarray, border: int) -> np.ndarray:
    """Cut `border` rows and columns on every side."""
    return image[
        border : image.shape[0] - border, border : image.shape[1] - border
    ]


def psnr(image: np.ndarray, reference: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB, for a peak of 255.

    It is infinite for equal images.
    """
    total = sum(
        np.sum((image[rows].astype(np.float64) - reference[rows]) ** 2)
        for rows in _strips(len(image))
    )
    error = total / image.size
    return float(10 * np.log10(255**2 / error)) if error > 0 else float("inf")


def ssim(image: np.ndarray, reference: np.ndarray) -> float:
    """Structural similarity, 1 for equal images.

    As defined by its authors: a Gaussian window of 11x11 pixels with a standard
    deviation of 1.5, without padding, K1 = 0.01, K2 = 0.03, a range of 255.

    Args:
        image: Array `(height, width)`, 0..255, at least 11x11.
        reference: Array of the same shape.
    """
    overlap = _WINDOW - 1
    # At least one strip, so that an image without room for a window is refused.
    total = 0.0
    for rows in _strips(max(len(image) - overlap, 1)):
        with_overlap = slice(rows.start, rows.stop + overlap)
        similarity = _similarities(image[with_overlap], reference[with_overlap])
        total += similarity.sum()
    windows = np.subtract(image.shape, overlap)
    return float(total / windows.prod())


def _strips(height: int) -> Iterator[slice]:
    """Yield the rows of an image in parts."""
    for top in range(0, height, _ROWS):
        yield slice(top, min(top + _ROWS, height))


def _similarities(image: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The similarity under each window."""
    x, y = image.astype(np.float64), reference.astype(np.float64)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_x, mean_y = _windowed(x), _windowed(y)
    variance_x = _windowed(x * x) - mean_x**2
    variance_y = _windowed(y * y) - mean_y**2
    covariance = _windowed(x * y) - mean_x * mean_y
    return ((2 * mean_x * mean_y + c1) * (2 * covariance + c2)) / (
        (mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)
    )


def _windowed(image: np.ndarray) -> np.ndarray:
    """Weighted means under an 11x11 Gaussian window, without padding."""
    taps = gaussian_taps(_WINDOW, _SIGMA)
    for axis in (0, 1):
        windows = np.lib.stride_tricks.sliding_window_view(image, _WINDOW, axis)
        image = windows @ taps
    return image
