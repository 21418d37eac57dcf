"""Phase congruency: how far the frequencies of an image are in phase.

It is high where people see features, at any contrast.

Kovesi 1999, Image Features from Phase Congruency, Videre 1(3), with the
constants of Zhang et al. 2011, FSIM, https://doi.org/10.1109/TIP.2011.2109730.
"""

import math

from keras import ops

from convzoo.common.types import Tensor
from convzoo.losses.images import dtype_of

_ORIENTATIONS = 4
_WAVELENGTHS = (6, 12, 24, 48)
# Bandwidth of the log-Gabor filters, as a fraction of their frequency.
_SIGMA_ON_FREQUENCY = 0.55
_ANGULAR_SIGMA = math.pi / _ORIENTATIONS / 1.2
_CUTOFF, _SHARPNESS = 0.45, 15
# Threshold of the noise in standard deviations above its mean, and the factor
# by which it is too high for this measure.
_NOISE_DEVIATIONS, _NOISE_OVERESTIMATE = 2.0, 1.7
_EPSILON = 1e-7


def phase_congruency(planes: Tensor) -> Tensor:
    """Compute phase congruency, from 0 (no feature) to 1 (all in phase).

    Args:
        planes: Luminance `(batch, height, width)` in [0, 255].

    Returns:
        Phase congruency `(batch, height, width)`.
    """
    height, width = ops.shape(planes)[1:3]
    spectrum = ops.fft2((planes, ops.zeros_like(planes)))
    energy, amplitude = 0.0, 0.0
    for filters in _log_gabor_filters(height, width, dtype_of(planes)):
        found = _filtered(spectrum, filters)
        energy, amplitude = energy + found[0], amplitude + found[1]
    return (energy + _EPSILON) / (amplitude + _EPSILON)


def safe_sqrt(values: Tensor) -> Tensor:
    """Square root with a finite gradient at 0.

    The constant is negligible for squares of 8-bit values.
    """
    return ops.sqrt(values + 1e-12)


def _filtered(
    spectrum: tuple[Tensor, Tensor], filters: list[Tensor]
) -> tuple[Tensor, Tensor]:
    """Energy above the noise, and sum of amplitudes, in one orientation."""
    real, imaginary = spectrum
    # Even and odd responses: in phase and in quadrature with features.
    pairs = [ops.ifft2((real * f, imaginary * f)) for f in filters]
    amplitudes = [safe_sqrt(even * even + odd * odd) for even, odd in pairs]
    sum_even = sum(even for even, _ in pairs)
    sum_odd = sum(odd for _, odd in pairs)
    total = safe_sqrt(sum_even * sum_even + sum_odd * sum_odd)
    mean_even, mean_odd = sum_even / total, sum_odd / total
    energy = sum_even * mean_even + sum_odd * mean_odd
    for even, odd in pairs:
        energy = energy - ops.abs(even * mean_odd - odd * mean_even)
    threshold = _noise_threshold(amplitudes[0], filters)
    return ops.maximum(energy - threshold, 0), sum(amplitudes)


def _noise_threshold(amplitude: Tensor, filters: list[Tensor]) -> Tensor:
    """Threshold of the energy of noise, `(batch, 1, 1)`.

    The finest scale is taken for noise, whose energy has the median of a
    chi-squared distribution.
    """
    total = sum(filters)
    # The even part of a filter, whose squares sum to those of the real part of
    # its impulse response.
    mirrored = ops.roll(ops.flip(total, axis=(0, 1)), (1, 1), axis=(0, 1))
    even = (total + mirrored) / 2
    gain = ops.sum(even * even) / ops.sum(filters[0] * filters[0])
    tau = _lower_median(amplitude) * ops.sqrt(gain / math.log(2))
    spread = _NOISE_DEVIATIONS * math.sqrt(2 - math.pi / 2)
    factor = (math.sqrt(math.pi / 2) + spread) / _NOISE_OVERESTIMATE
    return ops.reshape(factor * tau, (-1, 1, 1))


def _lower_median(maps: Tensor) -> Tensor:
    """Median of each map, the lower of two in the middle."""
    height, width = ops.shape(maps)[1:3]
    values = ops.sort(ops.reshape(maps, (-1, height * width)), axis=-1)
    return values[:, (height * width - 1) // 2]


def _log_gabor_filters(
    height: int | Tensor, width: int | Tensor, dtype: str
) -> list[list[Tensor]]:
    """Return the filters `(height, width)` of all scales per orientation.

    The zero frequency is at the top left.
    """
    rows = ops.expand_dims(_frequencies(height, dtype), 1)
    columns = ops.expand_dims(_frequencies(width, dtype), 0)
    radius = ops.sqrt(rows * rows + columns * columns)
    angle = ops.arctan2(-columns + 0 * rows, rows + 0 * columns)
    low_pass = 1 / (1 + (radius / _CUTOFF) ** (2 * _SHARPNESS))
    at_zero = ops.cast(radius == 0, dtype)
    low_pass, radius = low_pass * (1 - at_zero), radius + at_zero
    radial = [
        low_pass
        * _bell(ops.log(radius * length), math.log(_SIGMA_ON_FREQUENCY))
        for length in _WAVELENGTHS
    ]
    angular = [
        _bell(_angle_to(angle, index * math.pi / _ORIENTATIONS), _ANGULAR_SIGMA)
        for index in range(_ORIENTATIONS)
    ]
    return [[spread * band for band in radial] for spread in angular]


def _frequencies(length: int | Tensor, dtype: str) -> Tensor:
    """Cycles per pixel, zero first; odd lengths reach 1/2 too."""
    index = ops.arange(length)
    index = ops.where(index < (length + 1) // 2, index, index - length)
    # Avoids a division by 0 for a length of 1, whose frequency is 0.
    steps = ops.maximum(length - length % 2, 1)
    return ops.cast(index, dtype) / ops.cast(steps, dtype)


def _bell(values: Tensor, sigma: float) -> Tensor:
    return ops.exp(-(values * values) / (2 * sigma**2))


def _angle_to(angle: Tensor, other: float) -> Tensor:
    """Difference of two angles, in [-pi, pi]."""
    difference = angle - other
    return ops.arctan2(ops.sin(difference), ops.cos(difference))
