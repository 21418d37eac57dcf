"""The grid that sub-pixel and transposed convolutions leave in images.

Odena, Dumoulin and Olah 2016, Deconvolution and Checkerboard Artifacts,
https://doi.org/10.23915/distill.00003.
"""

import itertools

import numpy as np

from convzoo.training.super_resolution.image_quality import luma

# Sides of a window, in sub-pixel grids; how many frequencies aside a peak of
# the grid is compared, which is beyond what the window smears.
_GRIDS = 8
_ASIDE = 3
# Added where a logarithm is taken: a flat image has no power.
_TINY = np.finfo(float).tiny


def checkerboard(image: np.ndarray, scale: int) -> float:
    """How much stronger the grid's frequencies are than those beside them.

    The power of the Y channel at the periods `scale`, `scale / 2` and so on,
    along rows, columns and both, over the geometric mean of the power a little
    below and above, averaged: about 1 for photographs, whatever they show, and
    more where a grid of `scale` pixels is laid over them.

    Args:
        image: array `(height, width, 1 or 3)`, 0..255.
        scale: pixels from line to line of the grid, at least 2.

    Returns:
        A float; not a number where the image is smaller than `8 * scale`
        pixels a side.
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
    """The power at a frequency, over that of those beside it."""
    beside = itertools.product(
        # Along a line of the grid nothing changes: there is no other frequency.
        *([n - _ASIDE, n + _ASIDE] if n else [0] for n in peak)
    )
    logarithms = [
        np.log(power[y % len(power), x % len(power)] + _TINY) for y, x in beside
    ]
    return power[peak] / np.exp(np.mean(logarithms))


def _windows(image: np.ndarray, side: int) -> np.ndarray:
    """Squares that do not overlap, `(count, side, side)`."""
    rows, columns = (n // side for n in image.shape)
    image = image[: rows * side, : columns * side]
    windows = image.reshape(rows, side, columns, side).swapaxes(1, 2)
    return windows.reshape(-1, side, side)
