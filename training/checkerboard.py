"""The grid that sub-pixel and transposed convolutions leave in images.

Odena, Dumoulin and Olah 2016, Deconvolution and Checkerboard Artifacts,
https://doi.org/10.23915/distill.00003.
"""

import numpy as np

from convzoo.training.image_quality import luma

# Sides of a window, in sub-pixel grids; how many frequencies aside a peak of
# the grid is compared, which is beyond what the window smears.
_GRIDS = 8
_ASIDE = 3


def checkerboard(image, scale):
    """How much stronger the grid's frequencies are than those beside them.

    The mean power of the Y channel at the periods `scale`, `scale / 2` and so
    on, along rows and along columns, over the geometric mean of the power a
    little below and above: about 1 for photographs, whatever they show, and
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
    # The lowest rows hold what does not change across the grid's lines.
    axes = np.stack([power[:, 0], power[0, :]])
    peaks = _GRIDS * np.arange(1, scale // 2 + 1)
    below, above = axes[:, peaks - _ASIDE], axes[:, (peaks + _ASIDE) % side]
    around = np.sqrt(below * above) + np.finfo(float).tiny
    return float(np.mean(axes[:, peaks]) / np.mean(around))


def _windows(image, side):
    """Squares that do not overlap, `(count, side, side)`."""
    rows, columns = (n // side for n in image.shape)
    image = image[: rows * side, : columns * side]
    windows = image.reshape(rows, side, columns, side).swapaxes(1, 2)
    return windows.reshape(-1, side, side)
