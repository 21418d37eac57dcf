"""Base class of the image losses."""

from typing import Any

import keras

from convzoo.common.checks import check_flag
from convzoo.common.types import Tensor
from convzoo.losses.images import check_value_range


class ImageLoss(keras.losses.Loss):
    """Base class of losses of two batches of images, one value per pair.

    Subclasses implement `compare(y_true, y_pred)`, and state the range of pixel
    values in `value_range`.

    Args:
        check_range: Whether to raise a `ValueError` if values do not fit the
            range that the loss expects, a common and silent mistake. Skipped
            inside compiled functions.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.
    """

    def __init__(self, check_range: bool = False, **kwargs: Any) -> None:
        check_flag("check_range", check_range)
        super().__init__(**kwargs)
        self.check_range = check_range

    @property
    def value_range(self) -> tuple[float, float]:
        """Lowest and highest value of a pixel."""
        return 0.0, float(self.max_val)

    def compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each pair, `(batch,)`."""
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
