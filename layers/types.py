"""Types shared by the signatures of the layers."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import keras

from convzoo.common.types import Tensor

DataFormat = Literal["channels_last", "channels_first"]
Normalization = Literal[None, "batch"]
Padding = Literal["same", "valid"]
# One value for both axes, or (rows, columns).
IntOrPair: TypeAlias = int | tuple[int, int]
# Arguments of `get` in `keras.activations` and the other modules.
Activation: TypeAlias = str | Callable[[Tensor], Tensor] | None
Constraint: TypeAlias = (
    str | dict[str, Any] | keras.constraints.Constraint | None
)
Initializer: TypeAlias = (
    str | dict[str, Any] | keras.initializers.Initializer | None
)
Regularizer: TypeAlias = (
    str | dict[str, Any] | keras.regularizers.Regularizer | None
)
