"""Multi-scale structural similarity (MS-SSIM).

Wang, Simoncelli and Bovik 2003, Multi-scale Structural Similarity for Image
Quality Assessment, https://doi.org/10.1109/ACSSC.2003.1292216.

What differs from the paper: colour images are compared channel by channel, and
the products of the channels are averaged; each mean is clipped to at least 1e-6
before exponentiation, so negative means have a value and no gradient explodes;
images too small for five scales are compared at fewer.
"""

from collections.abc import Sequence
from typing import Any, Literal

import keras
from keras import ops

from convzoo.common.checks import check_above, is_integer
from convzoo.common.types import Tensor
from convzoo.losses.images import checked_images, spatial_mean
from convzoo.losses.ssim import (
    SSIM,
    channel_mean,
    planes_of,
    similarity_maps,
)

# As published; they sum to 1.0001.
POWER_FACTORS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_FLOOR = 1e-6


@keras.saving.register_keras_serializable(package="convzoo")
def multi_scale_ssim(
    y_true: Tensor,
    y_pred: Tensor,
    max_val: float = 1.0,
    power_factors: Sequence[float] = POWER_FACTORS,
    scales: int | Literal["auto"] = "auto",
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """Compute the multi-scale structural similarity, 1 for identical images.

    A metric: `MultiScaleSSIM` is 1 minus it. See there for the arguments.

    Returns:
        Indices `(batch,)`, in (0, 1].

    Raises:
        ValueError: As for `MultiScaleSSIM`.
    """
    fewest = 1 if scales == "auto" else scales
    smallest = _smallest_side(fewest, filter_size)
    y_true, y_pred = checked_images(y_true, y_pred, smallest)
    sides = ops.shape(y_pred)[1:3]
    count, weights = _scales(sides, power_factors, scales, filter_size)
    x, y = planes_of(y_true), planes_of(y_pred)
    index = 1.0
    for scale in range(len(weights)):
        luminance, structure = similarity_maps(
            x,
            y,
            (filter_size, filter_sigma),
            ((k1 * max_val) ** 2, (k2 * max_val) ** 2),
        )
        compared = _compared(luminance, structure, scale == count - 1)
        mean = ops.maximum(spatial_mean(compared), _FLOOR)
        index = index * ops.power(mean, weights[scale])
        if scale + 1 < len(weights):
            x, y = _halved(x), _halved(y)
    return channel_mean(index, y_true)


def _smallest_side(scales: int, filter_size: int) -> int:
    """Smallest side with room for the window at the coarsest scale."""
    return (filter_size - 1) * 2 ** (scales - 1) + 1


def _scales(
    sides: tuple[int | Tensor, int | Tensor],
    power_factors: Sequence[float],
    scales: int | Literal["auto"],
    filter_size: int,
) -> tuple[int | Tensor, list[float | Tensor]]:
    """Return the number of scales that fit an image, and their exponents.

    If a side is unknown both are tensors, and scales that do not fit have an
    exponent of 0. Scales that do not fit a known side have none.
    """
    every = len(power_factors)
    known = [side for side in sides if isinstance(side, int)]
    if scales == "auto":
        most = _fitting(known, every, filter_size)
    else:
        most, known = scales, list(sides)
    factors = power_factors[:most]
    if len(known) == len(sides):
        total = 1.0 if most == every else sum(factors)
        return most, [factor / total for factor in factors]
    side = ops.minimum(*sides)
    # Sides of unknown size may turn out shorter than the window.
    fits = [True] + [
        side >= _smallest_side(scale, filter_size)
        for scale in range(2, most + 1)
    ]
    fits = [ops.cast(fit, "float32") for fit in fits]
    kept = [f * factor for f, factor in zip(fits, factors, strict=True)]
    total = sum(kept)
    if most == every:
        total = ops.where(fits[-1] > 0, 1.0, total)
    return ops.cast(sum(fits), "int32"), [factor / total for factor in kept]


def _fitting(sides: Sequence[int], most: int, filter_size: int) -> int:
    """Number of scales that fit known sides, at least 1."""
    fits = [
        all(side >= _smallest_side(scale, filter_size) for side in sides)
        for scale in range(1, most + 1)
    ]
    return max(sum(fits), 1)


def _compared(
    luminance: Tensor, structure: Tensor, coarsest: bool | Tensor
) -> Tensor:
    """Include luminance at the coarsest scale only."""
    if isinstance(coarsest, bool):
        return luminance * structure if coarsest else structure
    return ops.where(coarsest, luminance * structure, structure)


def _halved(planes: Tensor) -> Tensor:
    """Average 2 x 2 pixels, or those that are left at an odd side."""
    planes = ops.expand_dims(planes, axis=-1)
    planes = ops.average_pool(
        planes, 2, 2, padding="same", data_format="channels_last"
    )
    return ops.squeeze(planes, axis=-1)


@keras.saving.register_keras_serializable(package="convzoo")
class MultiScaleSSIM(SSIM):
    """1 minus the multi-scale structural similarity index.

    Images are compared as in `SSIM`, halved, compared again, and so on:
    contrast and structure at every scale, luminance at the coarsest. The means
    of all scales are multiplied, each raised to its exponent.

    Five scales with a window of 11 pixels need images of 161 pixels per side.
    Smaller images, as in super-resolution training, use as many scales as fit,
    with exponents divided by their sum.

    Args:
        max_val: Value of white; black is 0.
        power_factors: Exponents of the scales, finest first. Not normalised if
            all are used; the five of the paper sum to 1.0001.
        scales: Number of exponents to use, or `"auto"` for as many as fit the
            images. Fewer than all are divided by their sum.
        filter_size: Side of the window at every scale, in pixels.
        filter_sigma: Standard deviation of the window, in pixels.
        k1: Stabilises the comparison of means in dark regions.
        k2: Stabilises the comparison of variances in flat regions.
        check_range: Whether to raise a `ValueError` if values do not fit
            [0, max_val]. Skipped inside compiled functions.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Images `(batch, height, width, channels)` in [0, max_val].
        y_pred: Images of the same shape.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. In [0, 1), 0 for
        identical images.

    Raises:
        ValueError: If an argument is invalid, the shapes differ, or an image is
            smaller than the window at the coarsest of `scales`. With `"auto"`,
            sides of unknown size get as many scales as fit; where the window
            does not fit they are padded with black.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import MultiScaleSSIM
    >>> image = np.random.default_rng(0).uniform(size=(1, 96, 96, 3))
    >>> print(f"{float(MultiScaleSSIM()(image, image)):.3f}")
    0.000
    >>> print(f"{float(MultiScaleSSIM(scales=2)(image, 0.5 * image)):.3f}")
    0.335
    """

    def __init__(
        self,
        max_val: float = 1.0,
        power_factors: Sequence[float] = POWER_FACTORS,
        scales: int | Literal["auto"] = "auto",
        filter_size: int = 11,
        filter_sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        check_range: bool = False,
        name: str = "multi_scale_ssim",
        **kwargs: Any,
    ) -> None:
        _check_power_factors(power_factors)
        _check_scales(scales, len(power_factors))
        super().__init__(
            max_val,
            filter_size,
            filter_sigma,
            k1,
            k2,
            check_range=check_range,
            name=name,
            **kwargs,
        )
        self.power_factors = power_factors
        self.scales = scales

    def compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return 1 - multi_scale_ssim(
            y_true,
            y_pred,
            self.max_val,
            self.power_factors,
            self.scales,
            self.filter_size,
            self.filter_sigma,
            self.k1,
            self.k2,
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "power_factors": self.power_factors,
            "scales": self.scales,
        }


def _check_power_factors(power_factors: Sequence[float]) -> None:
    if not isinstance(power_factors, (tuple, list)) or not power_factors:
        raise ValueError(
            "`power_factors` must be a tuple of positive numbers. "
            f"Received: power_factors={power_factors!r}"
        )
    for factor in power_factors:
        check_above("power_factors", factor, 0)


def _check_scales(scales: int | Literal["auto"], most: int) -> None:
    if scales == "auto":
        return
    if not is_integer(scales) or not 1 <= scales <= most:
        raise ValueError(
            f"`scales` must be 'auto' or an integer from 1 to {most}, the "
            f"number of `power_factors`. Received: scales={scales!r}"
        )
