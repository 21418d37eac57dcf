"""Inputs and outputs of Keras models, as structures of symbolic tensors."""

from typing import Any

import keras

from convzoo.common.types import Tensor


def structures(model: keras.Model) -> tuple[Any, Any]:
    """Return the structures of a model's inputs and outputs.

    A model that was built by a call has an open batch size, and its other sizes
    are those of the call.

    Args:
        model: A functional model, a `keras.Sequential` that is built, or a
            subclass of `keras.Model` that has been called and has one input,
            which may be a dictionary or a list of tensors.

    Raises:
        ValueError: If the inputs of the model are not known.
    """
    # Functional models have operations. Others have `input` too, once they are
    # part of a functional model, but not as they were given it.
    if isinstance(model, keras.Model) and hasattr(model, "operations"):
        return model.input, model.output
    if isinstance(model, keras.Sequential) and model.built:
        # It has no `input`, although it has a single one.
        (inputs,) = model.inputs
        inputs = _of_any_batch(inputs.shape, inputs.dtype)
    elif isinstance(model, keras.Model) and model.built:
        inputs = _as_called(model)
    else:
        inputs = None
    if inputs is None:
        raise ValueError(
            "`model` must be a Keras model with `serve` and `serving_inputs`, "
            "or one with known inputs: a functional model, a Sequential model "
            "with an Input, or a model that has been called once on one input, "
            f"which may be a dictionary of tensors. Received: model={model!r}"
        )
    try:
        outputs = model(inputs, training=False)
    except Exception as error:
        # A `call` of the user may raise anything.
        raise ValueError(
            f"`model` cannot be called on symbolic inputs ({error}). "
            f"Received: model={model!r}"
        ) from error
    if not all(map(keras.backend.is_keras_tensor, keras.tree.flatten(outputs))):
        raise ValueError(
            "`model` must return tensors, or structures of them. "
            f"Received: model={model!r}, which returns {outputs!r}"
        )
    return inputs, outputs


def _as_called(model: keras.Model) -> Any:
    """The input of the call that built a model; None if unknown."""
    found = (model.get_build_config() or {}).get("input_shape")
    if not found:
        return None
    return _tensors(found, model.input_dtype)


def _tensors(shapes: Any, dtype: str) -> Any:
    # Keras tracks the containers in its own, which `keras.tree` packs wrongly.
    if isinstance(shapes, dict):
        return {name: _tensors(each, dtype) for name, each in shapes.items()}
    if all(isinstance(size, (int, type(None))) for size in shapes):
        return _of_any_batch(shapes, dtype)
    return [_tensors(each, dtype) for each in shapes]


def _of_any_batch(shape: Any, dtype: str) -> Tensor:
    return keras.KerasTensor((None, *shape[1:]), dtype)
