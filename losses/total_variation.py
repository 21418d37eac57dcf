"""Total variation.

Rudin, Osher and Fatemi 1992, Nonlinear total variation based noise removal
algorithms, https://doi.org/10.1016/0167-2789(92)90242-F.

What differs from the paper: vertical and horizontal differences count
separately, not by the length of the gradient, whose root has no derivative
where an image is flat, and they are averaged, not summed.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.types import Tensor
from convzoo.losses.images import as_float, check_images, dtype_of, sample_mean


def total_variation(images: Tensor) -> Tensor:
    """Compute the mean absolute difference of neighbouring pixels.

    The sum of the vertical and the horizontal mean. `TotalVariation` compares
    it with other definitions.

    Args:
        images: Images `(batch, height, width, channels)`.

    Returns:
        Losses `(batch,)`, at least 0.

    Raises:
        ValueError: If `images` have another rank.
    """
    images = as_float(images)
    check_images("images", images)
    down = ops.abs(images[:, 1:] - images[:, :-1])
    across = ops.abs(images[:, :, 1:] - images[:, :, :-1])
    return _mean_step(down, 1, images) + _mean_step(across, 2, images)


def _mean_step(steps: Tensor, axis: int, images: Tensor) -> Tensor:
    """Mean difference, 0 where `images` have one pixel along the axis."""
    count = ops.maximum(ops.shape(images)[axis] - 1, 1)
    steps = ops.sum(steps, axis=axis) / ops.cast(count, dtype_of(steps))
    return sample_mean(steps)


@keras.saving.register_keras_serializable(package="convzoo")
class TotalVariation(keras.losses.Loss):
    """Mean absolute difference of neighbouring pixels of the prediction.

    Smooths images: add it, with a small weight, to a loss that preserves their
    content. `y_true` is ignored.

    Definitions differ by factors. This one is BasicSR's, mean |dx| + mean |dy|
    over pixels and channels. `tf.image.total_variation` is a sum: for images of
    `side * side` pixels it is this times `side * (side - 1) * channels`.

    Args:
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Ignored.
        y_pred: Images `(batch, height, width, channels)`. A direction with a
            single pixel contributes 0.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. At least 0.

    Raises:
        ValueError: If `y_pred` has another rank.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import TotalVariation
    >>> ramp = np.linspace(0, 1, 11).reshape(1, 11, 1, 1)
    >>> print(f"{float(TotalVariation()(ramp, ramp)):.3f}")
    0.100
    """

    def __init__(self, name: str = "total_variation", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        y_pred = as_float(y_pred)
        check_images("y_pred", y_pred)
        return total_variation(y_pred)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dtype": self.dtype}
