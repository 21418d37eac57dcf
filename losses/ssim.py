"""Structural similarity.

Wang, Bovik, Sheikh and Simoncelli 2004, Image Quality Assessment: From Error
Visibility to Structural Similarity, https://doi.org/10.1109/TIP.2003.819861.

What differs from the paper: colour images are compared channel by channel, and
the means of the channels are averaged.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.checks import check_above, check_positive
from convzoo.common.types import Tensor
from convzoo.losses.gaussian_window import windowed_mean
from convzoo.losses.image_loss import ImageLoss
from convzoo.losses.images import checked_images, last_mean, spatial_mean


def ssim(
    y_true: Tensor,
    y_pred: Tensor,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The index of structural similarity, 1 for equal images.

    A metric as it stands; `SSIM` is 1 minus it, and explains the arguments.

    Returns:
        `(batch,)`, in [-1, 1].

    Raises:
        ValueError: as `SSIM`.
    """
    y_true, y_pred = checked_images(y_true, y_pred, smallest=filter_size)
    luminance, structure = similarity_maps(
        planes_of(y_true),
        planes_of(y_pred),
        (filter_size, filter_sigma),
        ((k1 * max_val) ** 2, (k2 * max_val) ** 2),
    )
    return channel_mean(spatial_mean(luminance * structure), y_true)


def planes_of(images: Tensor) -> Tensor:
    """`(batch * channels, height, width)` from channels last."""
    height, width = ops.shape(images)[1:3]
    planes = ops.transpose(images, (0, 3, 1, 2))
    return ops.reshape(planes, (-1, height, width))


def channel_mean(values: Tensor, images: Tensor) -> Tensor:
    """`(batch,)` from one value for each plane."""
    return last_mean(ops.reshape(values, (-1, ops.shape(images)[3])))


def similarity_maps(
    x: Tensor,
    y: Tensor,
    window: tuple[int, float],
    constants: tuple[float, float],
) -> tuple[Tensor, Tensor]:
    """What the two have in common under each window.

    Args:
        x: planes `(batch, height, width)`; those that need no gradient, if
            only one does, since they cost less time.
        y: planes of the same shape.
        window: its size and standard deviation, in pixels.
        constants: C1 and C2 of the paper.

    Returns:
        Two maps, of luminance, and of contrast and structure.
    """
    c1, c2 = constants
    # Variances do not see the shift, and are differences of smaller numbers.
    (x, shift_x), (y, shift_y) = _centred(x), _centred(y)
    mean_x = windowed_mean(x, *window)
    # The sum of the squares is all that is needed of them.
    parts = ops.concatenate([y, x * x + y * y, x * y], axis=0)
    parts = windowed_mean(parts, *window)
    mean_y, squares, products = ops.split(parts, 3, axis=0)
    structure = (2 * (products - mean_x * mean_y) + c2) / (
        squares - (mean_x * mean_x + mean_y * mean_y) + c2
    )
    mean_x, mean_y = mean_x + shift_x, mean_y + shift_y
    luminance = (2 * mean_x * mean_y + c1) / (
        mean_x * mean_x + mean_y * mean_y + c1
    )
    return luminance, structure


def _centred(planes: Tensor) -> tuple[Tensor, Tensor]:
    """Planes less a constant each, about their mean, and the constants."""
    shift = ops.stop_gradient(spatial_mean(planes))
    shift = ops.reshape(shift, (-1, 1, 1))
    return planes - shift, shift


@keras.saving.register_keras_serializable(package="convzoo")
class SSIM(ImageLoss):
    """1 minus the index of structural similarity.

    Compares, under a Gaussian window that slides over the images, the means,
    the variances and the covariance of the two; the window is used only where
    it fits. The definition is that of the authors, of `keras.ops.image.ssim`,
    and of scikit-image with Gaussian weights and the covariance of the
    population.

    Means over the image are taken axis by axis, and are right to 1e-6 for
    images of 2048 x 2048 pixels, on every backend.

    The variances are differences of close numbers: on hardware that rounds
    float32 products to fewer bits by default (TensorFloat-32, bfloat16 on TPUs)
    switch that off for flat images, where they are next to nothing.

    Args:
        max_val: the value of white; black is 0. Images in [-1, 1] have to be
            shifted first: a larger `max_val` is no substitute.
        filter_size: of the window, in pixels.
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
        A scalar, or `(batch,)` with `reduction="none"`. In [0, 2], 0 for equal
        images.

    Raises:
        ValueError: an argument is not as described, the shapes differ, or an
            image is smaller than the window. Sides that are unknown and turn
            out too short are filled up with black instead.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import SSIM
    >>> image = np.random.default_rng(0).uniform(size=(1, 32, 32, 3))
    >>> print(f"{float(SSIM()(image, image)):.3f}")
    0.000
    >>> print(f"{float(SSIM()(image, 1 - image)):.3f}")
    1.965
    """

    def __init__(
        self,
        max_val: float = 1.0,
        filter_size: int = 11,
        filter_sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        check_range: bool = False,
        name: str = "ssim",
        **kwargs: Any,
    ) -> None:
        check_above("max_val", max_val, 0)
        check_positive("filter_size", filter_size)
        check_above("filter_sigma", filter_sigma, 0)
        check_above("k1", k1, 0)
        check_above("k2", k2, 0)
        super().__init__(check_range=check_range, name=name, **kwargs)
        self.max_val = max_val
        self.filter_size = filter_size
        self.filter_sigma = filter_sigma
        self.k1 = k1
        self.k2 = k2

    def compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return 1 - ssim(
            y_true,
            y_pred,
            self.max_val,
            self.filter_size,
            self.filter_sigma,
            self.k1,
            self.k2,
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "max_val": self.max_val,
            "filter_size": self.filter_size,
            "filter_sigma": self.filter_sigma,
            "k1": self.k1,
            "k2": self.k2,
        }
