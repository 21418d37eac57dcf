"""Several losses as one."""

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
    """A sum of losses with fixed weights, whose terms can be watched.

    A loss of deep features, or an adversarial one, is not stable by itself:
    many images have nearly the same features, and colours drift. The usual
    combination has a pixel-wise loss, which holds the image in place, a
    perceptual one, and little of an adversarial one. That of ESRGAN is 0.01
    times the mean absolute error, 1 times the features of VGG19, and 0.005
    times the relativistic loss.

    Each term's own `reduction` is ignored: its values for each sample are
    averaged over the axes after the first, weighted and added up. What
    reduction and sample weights make of the sum is this loss's own matter.

    A weight that changes in training belongs to a model that owns it, as a
    variable that is not trained, and adds up its losses itself. A variable of a
    loss would be a constant to JAX once the step is compiled.

    Args:
        terms: a dictionary of pairs `(loss, weight)`, each under the name that
            its metric gets. A loss is one of convzoo or Keras, a function of
            (y_true, y_pred), or the name of one that `keras.losses.get` knows;
            a weight is a finite number of at least 0.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: what every term takes.
        y_pred: what every term takes.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`.

    Raises:
        ValueError: `terms` is not as described, or a term has a single value
            for a whole batch.

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
        """A new `LossMetric` for each term, without its weight.

        For `compile(loss=loss, metrics=loss.metrics())`. Each computes its term
        once more, unless a compiler sees that it has been.
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
    """The terms, with losses for what stands for them."""
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
