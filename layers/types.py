"""Types that signatures of layers share."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import keras

from convzoo.common.types import Tensor

DataFormat = Literal["channels_last", "channels_first"]
Normalization = Literal[None, "batch"]
Padding = Literal["same", "valid"]
# One number for rows and columns, or (rows, columns).
IntOrPair: TypeAlias = int | tuple[int, int]
# What Keras turns into an object: its name, its configuration, or the object.
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
