"""A pixel-wise loss with emphasis on luma.

Dong et al. 2016, Image Super-Resolution Using Deep Convolutional Networks,
https://arxiv.org/abs/1501.00092, section 3.

What differs from the paper: the paper trains on luma alone and upscales colours
by cubic interpolation. Here one network predicts all three channels, so their
own loss is kept beside that of luma, with a small weight.

Luma is defined by Recommendation ITU-R BT.601-7, section 2.5.1,
https://www.itu.int/rec/R-REC-BT.601.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.checks import check_number
from convzoo.common.luma_weights import LUMA_WEIGHTS
from convzoo.common.types import Tensor
from convzoo.losses.images import checked_images
from convzoo.losses.loss_terms import LossLike, checked_loss, sample_values


@keras.saving.register_keras_serializable(package="convzoo")
class Luma(keras.losses.Loss):
    """A loss of luma plus a small loss of the RGB channels.

    The loss is `loss` of the luma plus `rgb_weight` times `loss` of the three
    channels, which keeps colours from drifting. A small network then spends its
    capacity on the channel that looks sharp or blurry, and on which
    super-resolution is usually evaluated.

    Args:
        loss: A loss of convzoo or Keras, a function of (y_true, y_pred), or a
            name known to `keras.losses.get`.
        rgb_weight: Weight of the loss of the three channels, at least 0.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: RGB images `(batch, height, width, 3)` in any range.
        y_pred: Images of the same shape.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`.

    Raises:
        ValueError: If an argument is invalid, the shapes differ, or `loss` has
            a single value for a whole batch.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import Luma
    >>> grey = np.full((1, 8, 8, 3), 0.5)
    >>> blue = grey + np.array([0.0, 0.0, 0.3])
    >>> print(f"{float(Luma()(grey, blue)):.4f}")
    0.0442
    >>> print(f"{float(Luma()(grey, grey + 0.3)):.4f}")
    0.3300
    """

    def __init__(
        self,
        loss: LossLike = "mean_absolute_error",
        rgb_weight: float = 0.1,
        name: str = "luma",
        **kwargs: Any,
    ) -> None:
        loss = checked_loss("loss", loss)
        check_number("rgb_weight", rgb_weight, 0)
        super().__init__(name=name, **kwargs)
        self.loss = loss
        self.rgb_weight = float(rgb_weight)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        y_true, y_pred = checked_images(y_true, y_pred, channels=3)
        values = sample_values(self.loss, _luma(y_true), _luma(y_pred))
        if self.rgb_weight == 0:
            return values
        return values + self.rgb_weight * sample_values(
            self.loss, y_true, y_pred
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dtype": self.dtype,
            "loss": keras.saving.serialize_keras_object(self.loss),
            "rgb_weight": self.rgb_weight,
        }


def _luma(images: Tensor) -> Tensor:
    """Luma of RGB images, `(batch, height, width, 1)`."""
    weights = ops.convert_to_tensor(LUMA_WEIGHTS, images.dtype)
    # A matrix product is much faster than a sum over three channels. Flattened,
    # since TensorFlow reads past its kernel for images one row high:
    # https://github.com/tensorflow/tensorflow/issues/117700.
    pixels = ops.reshape(images, (-1, 3))
    luma = ops.matmul(pixels, ops.expand_dims(weights, 1))
    return ops.reshape(luma, (*ops.shape(images)[:-1], 1))
