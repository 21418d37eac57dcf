"""Copies of models with other arguments."""

from typing import Any, TypeVar

import keras

Model = TypeVar("Model", bound=keras.Model)


def copied(model: Model, **arguments: Any) -> Model:
    """Return a copy of a model with other arguments and the same weights.

    Args:
        model: The model.
        **arguments: Arguments of its constructor that do not change the shapes
            of its weights.
    """
    config = {**model.get_config(), **arguments}
    other = type(model).from_config(config)
    other.set_weights(model.get_weights())
    return other
