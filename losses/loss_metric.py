"""A metric of the values of a loss."""

from typing import Any, Literal, get_args

import keras

from convzoo.common.checks import check_choice
from convzoo.common.types import Tensor
from convzoo.losses.charbonnier import charbonnier
from convzoo.losses.contextual import contextual
from convzoo.losses.fsim import fsim
from convzoo.losses.loss_terms import (
    LossFunction,
    LossLike,
    checked_loss,
    sample_values,
)
from convzoo.losses.multi_scale_ssim import multi_scale_ssim
from convzoo.losses.ssim import ssim

Direction = Literal["up", "down", None]
_LOSSES = (charbonnier, contextual)
_INDICES = (ssim, multi_scale_ssim, fsim)


@keras.saving.register_keras_serializable(package="convzoo")
class LossMetric(keras.metrics.Mean):
    """Mean of a loss over all samples since the last reset.

    Averages the loss over the axes after the first, then over samples. Its
    `reduction` is ignored, and batches are weighted by their number of samples.
    Computes in float32, regardless of the dtype policy.

    In `compile`, Keras passes sample weights to `weighted_metrics` only.

    Callbacks such as `EarlyStopping` and `ModelCheckpoint` find out by
    themselves (`mode="auto"`) whether lower or higher values are better:
    lower ones of a loss, higher ones of `ssim`, `multi_scale_ssim` and `fsim`.

    Args:
        loss: A loss of convzoo or Keras, a function of (y_true, y_pred), or a
            name known to `keras.losses.get`.
        name: Name of the metric. Defaults to that of the loss.
        dtype: Dtype of the sum and of the mean.
        direction: Which values are better, `"up"` for higher or `"down"` for
            lower ones. None finds it out; for a function that neither Keras nor
            convzoo has, it stays unknown, and callbacks need their `mode`.

    Call arguments:
        y_true: Ground truth, as the loss takes it.
        y_pred: Predictions, as the loss takes them.
        sample_weight: Weights of the samples, `(batch,)`.

    Raises:
        ValueError: If `loss` is not a loss, or has a single value for a whole
            batch, or `direction` is invalid.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import LossMetric
    >>> metric = LossMetric("mean_absolute_error")
    >>> metric.update_state(np.zeros((3, 8, 8, 1)), np.ones((3, 8, 8, 1)))
    >>> metric.update_state(np.zeros((1, 4, 4, 1)), np.full((1, 4, 4, 1), 5.0))
    >>> metric.name, float(metric.result())
    ('mean_absolute_error', 2.0)
    """

    def __init__(
        self,
        loss: LossLike,
        name: str | None = None,
        dtype: str | keras.DTypePolicy | None = None,
        direction: Direction = None,
    ) -> None:
        check_choice("direction", direction, get_args(Direction))
        loss = checked_loss("loss", loss)
        super().__init__(name=name or _name_of(loss), dtype=dtype)
        self.loss = loss
        self.direction = direction or _direction_of(loss)
        # Where Keras's callbacks look; its own metrics have it too.
        if self.direction is not None:
            self._direction = self.direction

    def update_state(
        self,
        y_true: Tensor,
        y_pred: Tensor,
        sample_weight: Tensor | None = None,
    ) -> None:
        values = sample_values(self.loss, y_true, y_pred)
        super().update_state(values, sample_weight)

    def get_config(self) -> dict[str, Any]:
        loss = keras.saving.serialize_keras_object(self.loss)
        return {
            **super().get_config(),
            "loss": loss,
            "direction": self.direction,
        }


def _direction_of(loss: LossFunction) -> Direction:
    if isinstance(loss, keras.losses.Loss):
        return "down"
    if any(loss is known for known in vars(keras.losses).values()):
        return "down"
    if any(loss is known for known in _LOSSES):
        return "down"
    return "up" if any(loss is known for known in _INDICES) else None


def _name_of(loss: LossFunction) -> str:
    name = getattr(loss, "name", None) or getattr(loss, "__name__", "loss")
    return str(name)
