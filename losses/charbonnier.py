"""The Charbonnier loss, a smooth absolute error.

Lai, Huang, Ahuja and Yang 2018, Fast and Accurate Image Super-Resolution with
Deep Laplacian Pyramid Networks, https://arxiv.org/abs/1710.01992.

What differs from the paper: it is averaged over all pixels and channels, where
the paper adds it up, so that images of all sizes weigh the same.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.checks import check_number
from convzoo.common.types import Tensor
from convzoo.losses.images import checked_arrays, sample_mean

# The square of a smaller one is not far enough from 0 in float32.
_SMALLEST = 1e-12


def charbonnier(
    y_true: Tensor, y_pred: Tensor, epsilon: float = 1e-3
) -> Tensor:
    """Means of `sqrt(d * d + epsilon * epsilon)`, d being the difference.

    `Charbonnier` explains the arguments.

    Returns:
        `(batch,)`, at least `epsilon`.

    Raises:
        ValueError: as `Charbonnier`.
    """
    y_true, y_pred = checked_arrays(y_true, y_pred)
    difference = y_pred - y_true
    return sample_mean(ops.sqrt(difference * difference + epsilon**2))


@keras.saving.register_keras_serializable(package="convzoo")
class Charbonnier(keras.losses.Loss):
    """An absolute error that is smooth where the difference is 0.

    The mean of `sqrt(d * d + epsilon * epsilon)`: quadratic for differences
    well below `epsilon`, absolute well above. Equal images give `epsilon`, not
    0.

    `epsilon` is squared here, as in the paper. BasicSR adds its `eps` as it is:
    its default of 1e-12 is an `epsilon` of 1e-6 here.

    Args:
        epsilon: in the unit of the values, at least 1e-12.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: images, or any arrays `(batch, ...)`.
        y_pred: arrays of the same shape.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. At least `epsilon`.

    Raises:
        ValueError: `epsilon` is not as described, or the shapes differ.

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
