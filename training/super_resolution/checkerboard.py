"""Checkerboard artifacts of sub-pixel and transposed convolutions.

Odena, Dumoulin and Olah 2016, Deconvolution and Checkerboard Artifacts,
https://doi.org/10.23915/distill.00003.
"""

import itertools

import numpy as np

from convzoo.training.super_resolution.image_quality import luma

# Side of a window, in grid periods; distance to the neighbouring frequencies,
# which is beyond the spectral leakage of the window.
_GRIDS = 8
_ASIDE = 3
# Added before a logarithm: a flat image has no power.
_TINY = np.finfo(float).tiny


def checkerboard(image: np.ndarray, scale: int) -> float:
    """Strength of a grid pattern, relative to neighbouring frequencies.

    The power of the Y channel at the periods `scale`, `scale / 2` and so on,
    along rows, columns and both, is divided by the geometric mean of the power
    at slightly lower and higher frequencies, and averaged. The result is about
    1 for photographs of any content, and larger for images with a grid of
    `scale` pixels.

    Args:
        image: Array `(height, width, 1 or 3)`, 0..255.
        scale: Period of the grid in pixels, at least 2.

    Returns:
        A float; NaN if the image is smaller than `8 * scale` pixels a side.
    """
    side = _GRIDS * scale
    windows = _windows(luma(image), side)
    if windows.size == 0:
        return float("nan")
    taper = np.hanning(side + 1)[:-1]
    spectra = np.fft.fft2(windows * np.outer(taper, taper))
    power = np.mean(np.abs(spectra) ** 2, axis=0)
    peaks = itertools.product(range(0, side, _GRIDS), repeat=2)
    return float(np.mean([_excess(power, peak) for peak in peaks if any(peak)]))


def _excess(power: np.ndarray, peak: tuple[int, ...]) -> float:
    """Power at a frequency, relative to its neighbours."""
    beside = itertools.product(
        # Frequency 0 stands for no change along an axis: it has no neighbours.
        *([n - _ASIDE, n + _ASIDE] if n else [0] for n in peak)
    )
    logarithms = [
        np.log(power[y % len(power), x % len(power)] + _TINY) for y, x in beside
    ]
    return power[peak] / np.exp(np.mean(logarithms))


def _windows(image: np.ndarray, side: int) -> np.ndarray:
    """Non-overlapping squares, `(count, side, side)`."""
    rows, columns = (n // side for n in image.shape)
    image = image[: rows * side, : columns * side]
    windows = image.reshape(rows, side, columns, side).swapaxes(1, 2)
    return windows.reshape(-1, side, side)
