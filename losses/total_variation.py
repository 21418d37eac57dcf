"""Total variation.

Rudin, Osher and Fatemi 1992, Nonlinear total variation based noise removal
algorithms, https://doi.org/10.1016/0167-2789(92)90242-F.

What differs from the paper: the steps down and across are taken by themselves,
not by the length of the gradient, whose root has no derivative where an image
is flat, and they are averaged, not added up.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.types import Tensor
from convzoo.losses.images import as_float, check_images, dtype_of, sample_mean


def total_variation(images: Tensor) -> Tensor:
    """The mean step from pixel to pixel: down, plus across.

    `TotalVariation` says how it compares with other definitions.

    Args:
        images: `(batch, height, width, channels)`.

    Returns:
        `(batch,)`, at least 0.

    Raises:
        ValueError: `images` have another rank.
    """
    images = as_float(images)
    check_images("images", images)
    down = ops.abs(images[:, 1:] - images[:, :-1])
    across = ops.abs(images[:, :, 1:] - images[:, :, :-1])
    return _mean_step(down, 1, images) + _mean_step(across, 2, images)


def _mean_step(steps: Tensor, axis: int, images: Tensor) -> Tensor:
    """The mean over all, 0 where `images` have one pixel along the axis."""
    count = ops.maximum(ops.shape(images)[axis] - 1, 1)
    steps = ops.sum(steps, axis=axis) / ops.cast(count, dtype_of(steps))
    return sample_mean(steps)


@keras.saving.register_keras_serializable(package="convzoo")
class TotalVariation(keras.losses.Loss):
    """The mean absolute step between neighbouring pixels of the prediction.

    Smooths: add it, with a small weight, to a loss that keeps an image what it
    is. It does not look at `y_true`.

    Definitions differ by factors. This one is that of BasicSR, mean |dx| + mean
    |dy| over pixels and channels. `tf.image.total_variation` adds up instead:
    for images of `side * side` pixels it is this times `side * (side - 1) *
    channels`.

    Args:
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: ignored.
        y_pred: images `(batch, height, width, channels)`. In a direction in
            which they have a single pixel they do not vary.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. At least 0.

    Raises:
        ValueError: `y_pred` has another rank.

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
