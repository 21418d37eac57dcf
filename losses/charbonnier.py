"""The Charbonnier loss, a smooth absolute error.

Lai, Huang, Ahuja and Yang 2018, Fast and Accurate Image Super-Resolution with
Deep Laplacian Pyramid Networks, https://arxiv.org/abs/1710.01992.

What differs from the paper: the loss is averaged over all pixels and channels
instead of summed, so images of all sizes have the same weight.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.checks import check_number
from convzoo.common.types import Tensor
from convzoo.losses.images import checked_arrays, sample_mean

# Squares of smaller values are too close to 0 in float32.
_SMALLEST = 1e-12


@keras.saving.register_keras_serializable(package="convzoo")
def charbonnier(
    y_true: Tensor, y_pred: Tensor, epsilon: float = 1e-3
) -> Tensor:
    """Compute the mean of `sqrt(d * d + epsilon * epsilon)` per sample.

    Here `d = y_pred - y_true`. See `Charbonnier` for the arguments.

    Returns:
        Losses `(batch,)`, at least `epsilon`.

    Raises:
        ValueError: As for `Charbonnier`.
    """
    y_true, y_pred = checked_arrays(y_true, y_pred)
    difference = y_pred - y_true
    return sample_mean(ops.sqrt(difference * difference + epsilon**2))


@keras.saving.register_keras_serializable(package="convzoo")
class Charbonnier(keras.losses.Loss):
    """A mean absolute error that is smooth at 0.

    The loss is the mean of `sqrt(d * d + epsilon * epsilon)`: quadratic for
    differences well below `epsilon`, linear well above. Identical images give
    `epsilon`, not 0.

    `epsilon` is squared, as in the paper. BasicSR does not square its `eps`:
    its default of 1e-12 corresponds to an `epsilon` of 1e-6.

    Args:
        epsilon: Width of the quadratic region, in the unit of the values. At
            least 1e-12.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Images, or any arrays `(batch, ...)`.
        y_pred: Arrays of the same shape.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. At least `epsilon`.

    Raises:
        ValueError: If `epsilon` is invalid or the shapes differ.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import Charbonnier
    >>> image = np.full((1, 8, 8, 3), 0.5)
    >>> print(f"{float(Charbonnier()(image, image)):.4f}")
    0.0010
    >>> print(f"{float(Charbonnier(epsilon=0.3)(image, image + 0.4)):.4f}")
    0.5000
    """

    def __init__(
        self, epsilon: float = 1e-3, name: str = "charbonnier", **kwargs: Any
    ) -> None:
        check_number("epsilon", epsilon, _SMALLEST)
        super().__init__(name=name, **kwargs)
        self.epsilon = epsilon

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return charbonnier(y_true, y_pred, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dtype": self.dtype,
            "epsilon": self.epsilon,
        }
