"""Arguments that Keras interprets: activations, initializers, regularizers."""

from types import ModuleType
from typing import Any

import keras

_MODULES: dict[str, ModuleType] = {
    "activation": keras.activations,
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
}


def interpreted(name: str, value: Any) -> Any:
    """Return what Keras makes of an argument.

    Args:
        name: Name of the argument, which ends with its kind, such as
            `"kernel_initializer"`.
        value: Name, configuration or object.

    Raises:
        ValueError: Keras cannot interpret `value`.
    """
    try:
        return module_of(name).get(value)
    # Keras raises whatever the lookup or the constructor raises.
    except Exception as error:
        raise ValueError(
            f"`{name}` cannot be interpreted ({error}). "
            f"Received: {name}={value!r}"
        ) from error


def module_of(name: str) -> ModuleType:
    """Return the Keras module for the objects of an argument."""
    return _MODULES[name.rpartition("_")[2]]
