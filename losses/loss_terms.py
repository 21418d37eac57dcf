"""Evaluation of any loss, one value per sample."""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras

from convzoo.common.types import Tensor
from convzoo.losses.images import as_float, as_floats, sample_mean

# Outputs and inputs of `keras.losses.get`.
LossFunction: TypeAlias = keras.losses.Loss | Callable[[Tensor, Tensor], Tensor]
LossLike: TypeAlias = LossFunction | str | dict[str, Any]


def checked_loss(argument: str, value: LossLike) -> LossFunction:
    """Return the loss or function that `keras.losses.get` finds.

    Raises:
        ValueError: If `value` cannot be called as a loss.
    """
    try:
        loss = keras.losses.get(value)
    except (TypeError, ValueError) as error:
        raise _no_loss(argument, value) from error
    # Metrics and layers are callable, but are not losses.
    if loss is None or isinstance(loss, (keras.metrics.Metric, keras.Layer)):
        raise _no_loss(argument, value)
    return loss


def sample_values(loss: LossFunction, y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Return one value per sample, whatever the reduction of the loss.

    Args:
        loss: A loss, or a function, from `checked_loss`.
        y_true: Ground truth, of any dtype.
        y_pred: Predictions, of any dtype.

    Returns:
        Values `(batch,)`, in at least float32.

    Raises:
        ValueError: If the loss has one value for the whole batch.
    """
    compute = loss.call if isinstance(loss, keras.losses.Loss) else loss
    values = as_float(compute(*as_floats(y_true, y_pred)))
    if len(values.shape) == 0:
        raise ValueError(
            "A loss must return one value for each sample, of shape (batch, "
            f"...). Received: shape () from {loss!r}"
        )
    return sample_mean(values)


def _no_loss(argument: str, value: LossLike) -> ValueError:
    return ValueError(
        f"`{argument}` must be a loss: an instance of `keras.losses.Loss`, a "
        "function of (y_true, y_pred), or a name that Keras knows. "
        f"Received: {argument}={value!r}"
    )
