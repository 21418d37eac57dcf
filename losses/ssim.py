"""Structural similarity (SSIM).

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


@keras.saving.register_keras_serializable(package="convzoo")
def ssim(
    y_true: Tensor,
    y_pred: Tensor,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """Compute the structural similarity index, 1 for identical images.

    A metric: `SSIM` is 1 minus it. See there for the arguments.

    Returns:
        Indices `(batch,)`, in [-1, 1].

    Raises:
        ValueError: As for `SSIM`.
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
    """Reshape channels-last images to `(batch * channels, height, width)`."""
    height, width = ops.shape(images)[1:3]
    planes = ops.transpose(images, (0, 3, 1, 2))
    return ops.reshape(planes, (-1, height, width))


def channel_mean(values: Tensor, images: Tensor) -> Tensor:
    """Average one value per plane over the channels, `(batch,)`."""
    return last_mean(ops.reshape(values, (-1, ops.shape(images)[3])))


def similarity_maps(
    x: Tensor,
    y: Tensor,
    window: tuple[int, float],
    constants: tuple[float, float],
) -> tuple[Tensor, Tensor]:
    """Return the two factors of SSIM under each window.

    Args:
        x: Planes `(batch, height, width)`. If only one input needs gradients,
            pass the other one here, which is cheaper.
        y: Planes of the same shape.
        window: Size and standard deviation of the window, in pixels.
        constants: C1 and C2 of the paper.

    Returns:
        A map of luminance, and one of contrast and structure.
    """
    c1, c2 = constants
    # A shift does not change variances, and makes their terms smaller.
    (x, shift_x), (y, shift_y) = _centred(x), _centred(y)
    size, sigma = window
    mean_x = windowed_mean(x, size, sigma)
    # Only the sum of the squares is needed. Together they have no name here, so
    # that their memory is free once they are used.
    mean_y, squares, products = ops.split(
        windowed_mean(
            ops.concatenate([y, x * x + y * y, x * y], axis=0), size, sigma
        ),
        3,
        axis=0,
    )
    # Rounding could leave the range of their exact values, and divide by 0.
    variances = squares - (mean_x * mean_x + mean_y * mean_y)
    variances = ops.maximum(variances, 0)
    covariances = 2 * (products - mean_x * mean_y)
    covariances = ops.maximum(covariances, -variances)
    covariances = ops.minimum(covariances, variances)
    structure = (covariances + c2) / (variances + c2)
    if size == 1:
        # A pixel has no variance, but a rounding error.
        structure = ops.ones_like(structure)
    mean_x, mean_y = mean_x + shift_x, mean_y + shift_y
    luminance = (2 * mean_x * mean_y + c1) / (
        mean_x * mean_x + mean_y * mean_y + c1
    )
    return luminance, structure


def _centred(planes: Tensor) -> tuple[Tensor, Tensor]:
    """Subtract a constant, about the mean, from each plane; return both."""
    shift = ops.stop_gradient(spatial_mean(planes))
    shift = ops.reshape(shift, (-1, 1, 1))
    return planes - shift, shift


@keras.saving.register_keras_serializable(package="convzoo")
class SSIM(ImageLoss):
    """1 minus the structural similarity index.

    Compares means, variances and covariance of two images under a sliding
    Gaussian window, where it fits. The definition is that of the authors, of
    `keras.ops.image.ssim`, and of scikit-image with Gaussian weights and the
    population covariance.

    Means over the image are computed axis by axis, and are accurate to 1e-6 for
    images of 2048 x 2048 pixels, on every backend.

    Variances are differences of close numbers. On hardware that rounds float32
    products to fewer bits by default (TensorFloat-32, bfloat16 on TPUs),
    disable that for flat images, whose variances are close to 0.

    Args:
        max_val: Value of white; black is 0. Shift images in [-1, 1] first: a
            larger `max_val` is no substitute.
        filter_size: Side of the window, in pixels.
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
        A scalar, or `(batch,)` with `reduction="none"`. In [0, 2], 0 for
        identical images.

    Raises:
        ValueError: If an argument is invalid, the shapes differ, or an image is
            smaller than the window. Sides of unknown size that turn out too
            short are padded with black instead.

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
