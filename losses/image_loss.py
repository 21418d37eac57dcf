"""What the losses of images have in common."""

from typing import Any

import keras

from convzoo.common.checks import check_flag
from convzoo.common.types import Tensor
from convzoo.losses.images import check_value_range


class ImageLoss(keras.losses.Loss):
    """A loss of two batches of images, with one value for each pair.

    Subclasses compute it in `compare(y_true, y_pred)` and say in `value_range`
    which values their images may have.

    Args:
        check_range: True looks at the values, where they can be looked at, and
            raises if they cannot be in the range that the loss was given: the
            commonest mistake with such losses, and a silent one.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.
    """

    def __init__(self, check_range: bool = False, **kwargs: Any) -> None:
        check_flag("check_range", check_range)
        super().__init__(**kwargs)
        self.check_range = check_range

    @property
    def value_range(self) -> tuple[float, float]:
        """The lowest and the highest value of a pixel."""
        return 0.0, float(self.max_val)

    def compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each pair, `(batch,)`."""
        raise NotImplementedError

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if self.check_range:
            check_value_range(y_true, y_pred, *self.value_range)
        return self.compare(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dtype": self.dtype,
            "check_range": self.check_range,
        }
