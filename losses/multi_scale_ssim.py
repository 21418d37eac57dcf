"""Structural similarity at several scales.

Wang, Simoncelli and Bovik 2003, Multi-scale Structural Similarity for Image
Quality Assessment, https://doi.org/10.1109/ACSSC.2003.1292216.

What differs from the paper: colour images are compared channel by channel, and
the products of the channels are averaged; each mean is at least 1e-6 before it
gets its exponent, so that negative ones have a value and no gradient explodes;
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

# As published; they add up to 1.0001.
POWER_FACTORS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_FLOOR = 1e-6


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
    """The index of structural similarity at several scales, 1 if equal.

    A metric as it stands; `MultiScaleSSIM` is 1 minus it, and explains the
    arguments.

    Returns:
        `(batch,)`, in (0, 1].

    Raises:
        ValueError: as `MultiScaleSSIM`.
    """
    fewest = 1 if scales == "auto" else scales
    smallest = _smallest_side(fewest, filter_size)
    y_true, y_pred = checked_images(y_true, y_pred, smallest)
    sides = ops.shape(y_pred)[1:3]
    count, weights = _scales(sides, power_factors, scales, filter_size)
    most = count if isinstance(count, int) else len(power_factors)
    x, y = planes_of(y_true), planes_of(y_pred)
    index = 1.0
    for scale in range(most):
        luminance, structure = similarity_maps(
            x,
            y,
            (filter_size, filter_sigma),
            ((k1 * max_val) ** 2, (k2 * max_val) ** 2),
        )
        compared = _compared(luminance, structure, scale == count - 1)
        mean = ops.maximum(spatial_mean(compared), _FLOOR)
        index = index * ops.power(mean, weights[scale])
        if scale + 1 < most:
            x, y = _halved(x), _halved(y)
    return channel_mean(index, y_true)


def _smallest_side(scales: int, filter_size: int) -> int:
    """In pixels, so that the window fits at the coarsest scale."""
    return (filter_size - 1) * 2 ** (scales - 1) + 1


def _scales(
    sides: tuple[int | Tensor, int | Tensor],
    power_factors: Sequence[float],
    scales: int | Literal["auto"],
    filter_size: int,
) -> tuple[int | Tensor, list[float | Tensor]]:
    """The number of scales that fit an image, and their exponents.

    Where a side is unknown both are tensors, and the exponents of the scales
    that do not fit are zero.
    """
    most = len(power_factors)
    if scales == "auto":
        side = min(sides) if _known(sides) else ops.minimum(*sides)
        fits = [side >= _smallest_side(s + 1, filter_size) for s in range(most)]
        # Unknown sides may turn out shorter than one window.
        fits[0] = True
    else:
        fits = [s < scales for s in range(most)]
    if all(isinstance(fit, bool) for fit in fits):
        count = sum(fits)
        total = 1.0 if count == most else sum(power_factors[:count])
        return count, [factor / total for factor in power_factors[:count]]
    fits = [ops.cast(fit, "float32") for fit in fits]
    kept = [f * factor for f, factor in zip(fits, power_factors, strict=True)]
    total = ops.where(fits[-1] > 0, 1.0, sum(kept))
    return ops.cast(sum(fits), "int32"), [factor / total for factor in kept]


def _compared(
    luminance: Tensor, structure: Tensor, coarsest: bool | Tensor
) -> Tensor:
    """Luminance counts at the coarsest scale only."""
    if isinstance(coarsest, bool):
        return luminance * structure if coarsest else structure
    return ops.where(coarsest, luminance * structure, structure)


def _known(sides: tuple[int | Tensor, int | Tensor]) -> bool:
    return all(isinstance(side, int) for side in sides)


def _halved(planes: Tensor) -> Tensor:
    """Means of 2 x 2 pixels; of an odd side's last ones, of those there are."""
    planes = ops.expand_dims(planes, axis=-1)
    planes = ops.average_pool(
        planes, 2, 2, padding="same", data_format="channels_last"
    )
    return ops.squeeze(planes, axis=-1)


@keras.saving.register_keras_serializable(package="convzoo")
class MultiScaleSSIM(SSIM):
    """1 minus the index of structural similarity at several scales.

    The images are compared as `SSIM` does, halved, compared again, and so on:
    contrast and structure at every scale, luminance at the coarsest. The means
    of all scales are multiplied, each with its exponent.

    Five scales with a window of 11 pixels need images of 161 pixels; smaller
    ones, as super-resolution trains with, get as many scales as fit them, with
    exponents that are divided by their sum.

    Args:
        max_val: the value of white; black is 0.
        power_factors: the exponents of the scales, from the finest on. All are
            used as they are given; the five of the paper add up to 1.0001.
        scales: how many of the exponents to use, or `"auto"` for as many as fit
            the images, all of them at most. Fewer than all are divided by
            their sum.
        filter_size: of the window, in pixels, at every scale.
        filter_sigma: standard deviation of the window, in pixels.
        k1: stabilises the comparison of means where both are dark.
        k2: stabilises that of variances where both are flat.
        check_range: True raises, where values can be looked at, if they cannot
            lie in [0, max_val].
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: images `(batch, height, width, channels)` in [0, max_val].
        y_pred: images of the same shape.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. In [0, 1), 0 for equal
        images.

    Raises:
        ValueError: an argument is not as described, the shapes differ, or an
            image is smaller than the window at the coarsest of `scales`.
            Unknown sides get as many scales as fit with `"auto"`, and are
            filled up with black where the window does not fit.

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
            f"`scales` must be 'auto' or an integer from 1 to {most}, as there "
            f"are `power_factors`. Received: scales={scales!r}"
        )
