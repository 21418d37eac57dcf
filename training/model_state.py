"""Values of the variables of a model in training."""

from collections.abc import Iterable, Sequence

import keras
import numpy as np

from convzoo.common.types import Tensor


def state_variables(model: keras.Model) -> list[Tensor]:
    """Return everything that changes in training, but the metrics."""
    return [*model.variables, *model.optimizer.variables]


def values_of(variables: Iterable[Tensor]) -> list[np.ndarray]:
    """Return the values of variables as arrays."""
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def assign_values(
    variables: Sequence[Tensor], values: Sequence[np.ndarray]
) -> None:
    """Assign one value to each variable."""
    for variable, array in zip(variables, values, strict=True):
        variable.assign(array)
