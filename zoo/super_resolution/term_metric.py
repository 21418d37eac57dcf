"""Metric of a value that a training step computes itself."""

import keras

from convzoo.common.types import Tensor


class TermMetric(keras.metrics.Mean):
    """Mean of the values of one term of a loss.

    Keras's callbacks look for the better direction of a value among the metrics
    of `compile` only. These are updated with targets and predictions, which is
    nothing here: the training step calls `add`.

    Args:
        name: Name of the metric.
        is_loss: Whether less is better. Else neither is, and callbacks ask for
            their `mode`.
    """

    def __init__(self, name: str, is_loss: bool) -> None:
        super().__init__(name=name)
        if is_loss:
            self._direction = "down"

    def update_state(
        self,
        y_true: Tensor,
        y_pred: Tensor,
        sample_weight: Tensor | None = None,
    ) -> None:
        """Do nothing."""

    def add(self, values: Tensor, sample_weight: Tensor | None = None) -> None:
        """Add values, one per sample."""
        super().update_state(values, sample_weight)
