"""A weighted sum of losses."""

from typing import Any

import keras

from convzoo.common.checks import check_number
from convzoo.common.types import Tensor
from convzoo.losses.loss_metric import LossMetric
from convzoo.losses.loss_terms import (
    LossFunction,
    LossLike,
    checked_loss,
    sample_values,
)


@keras.saving.register_keras_serializable(package="convzoo")
class WeightedSum(keras.losses.Loss):
    """A sum of losses with fixed weights, with a metric for each term.

    Perceptual and adversarial losses are not stable alone: many images have
    nearly the same features, and colours drift. The usual combination is a
    pixel-wise loss, which preserves the content, a perceptual loss, and a small
    adversarial loss. That of ESRGAN is 0.01 times the mean absolute error, 1
    times the features of VGG19, and 0.005 times the relativistic loss.

    The `reduction` of each term is ignored: its values per sample are averaged
    over the axes after the first, weighted and summed. The reduction and sample
    weights of this loss apply to the sum.

    A weight that changes during training belongs in a model that adds up its
    losses itself, as a non-trainable variable. In a compiled step of JAX, a
    variable of a loss would be a constant.

    Args:
        terms: A dictionary of pairs `(loss, weight)`, whose keys name the
            metrics. A loss is one of convzoo or Keras, a function of (y_true,
            y_pred), or a name known to `keras.losses.get`; a weight is a finite
            number of at least 0.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Ground truth, as every term takes it.
        y_pred: Predictions, as every term takes them.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`.

    Raises:
        ValueError: If `terms` is invalid, or a term has a single value for a
            whole batch.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import SSIM, Charbonnier, WeightedSum
    >>> loss = WeightedSum(
    ...     {
    ...         "pixel": (Charbonnier(), 1.0),
    ...         "structure": (SSIM(), 0.2),
    ...         "absolute": ("mean_absolute_error", 0.1),
    ...     }
    ... )
    >>> image = np.random.default_rng(0).uniform(size=(1, 32, 32, 3))
    >>> print(f"{float(loss(image, image)):.4f}")
    0.0010
    >>> [metric.name for metric in loss.metrics()]
    ['pixel', 'structure', 'absolute']
    """

    def __init__(
        self,
        terms: dict[str, tuple[LossLike, float]],
        name: str = "weighted_sum",
        **kwargs: Any,
    ) -> None:
        terms = _checked_terms(terms)
        super().__init__(name=name, **kwargs)
        self.terms = terms

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return sum(
            weight * sample_values(loss, y_true, y_pred)
            for loss, weight in self.terms.values()
        )

    def metrics(self) -> list[LossMetric]:
        """Create a `LossMetric` for each term, without its weight.

        For `compile(loss=loss, metrics=loss.metrics())`. Each metric computes
        its term again, unless a compiler finds the duplicate.
        """
        return [
            LossMetric(loss, name=name)
            for name, (loss, _) in self.terms.items()
        ]

    def get_config(self) -> dict[str, Any]:
        terms = {
            name: [keras.saving.serialize_keras_object(loss), weight]
            for name, (loss, weight) in self.terms.items()
        }
        return {**super().get_config(), "dtype": self.dtype, "terms": terms}


def _checked_terms(
    terms: dict[str, tuple[LossLike, float]],
) -> dict[str, tuple[LossFunction, float]]:
    """Return the terms, with losses in place of names and configurations."""
    if not isinstance(terms, dict) or not terms:
        raise ValueError(
            "`terms` must be a dictionary of pairs (loss, weight). "
            f"Received: terms={terms!r}"
        )
    return {name: _checked_term(name, value) for name, value in terms.items()}


def _checked_term(
    name: str, value: tuple[LossLike, float]
) -> tuple[LossFunction, float]:
    if not isinstance(name, str) or not name:
        raise ValueError(
            f"`terms` must have names for keys. Received: terms={{{name!r}: "
            f"{value!r}}}"
        )
    term = f"terms[{name!r}]"
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(
            f"`{term}` must be a pair (loss, weight). "
            f"Received: {term}={value!r}"
        )
    loss, weight = value
    check_number(f"{term}[1]", weight, 0)
    return checked_loss(f"{term}[0]", loss), float(weight)
