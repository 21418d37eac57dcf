"""Losses as parts of something else: taken as Keras takes them, by sample."""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras

from convzoo.common.types import Tensor
from convzoo.losses.images import as_float, as_floats, sample_mean

# What `keras.losses.get` returns, and what it takes.
LossFunction: TypeAlias = keras.losses.Loss | Callable[[Tensor, Tensor], Tensor]
LossLike: TypeAlias = LossFunction | str | dict[str, Any]


def checked_loss(argument: str, value: LossLike) -> LossFunction:
    """What `keras.losses.get` makes of a value: a loss, or a function.

    Raises:
        ValueError: it is nothing that could be called as a loss.
    """
    try:
        loss = keras.losses.get(value)
    except (TypeError, ValueError) as error:
        raise _no_loss(argument, value) from error
    # They can be called too, but not for a loss.
    if loss is None or isinstance(loss, (keras.metrics.Metric, keras.Layer)):
        raise _no_loss(argument, value)
    return loss


def sample_values(loss: LossFunction, y_true: Tensor, y_pred: Tensor) -> Tensor:
    """One value for each sample, whatever the reduction of the loss.

    Args:
        loss: a loss, or a function, from `checked_loss`.
        y_true: as the loss takes it, of any type.
        y_pred: as the loss takes it, of any type.

    Returns:
        `(batch,)`, computed in at least float32.

    Raises:
        ValueError: the loss has one value for the whole batch.
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
        "function of (y_true, y_pred), or the name of one that Keras knows. "
        f"Received: {argument}={value!r}"
    )
