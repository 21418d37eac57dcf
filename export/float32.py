"""Models of half precision, in float32 for export.

LiteRT and ONNX Runtime have few operators of half precision on a CPU. A file
with float32 weights runs everywhere, and can be quantised afterwards.
"""

from typing import Any, TypeVar

import keras

from convzoo.export.served import Served, served

_HALF = ("float16", "bfloat16")
_T = TypeVar("_T")


def served_in_float32(
    model: keras.Model | Served,
) -> tuple[Served, dict[str, Any]]:
    """Return a signature in float32, and entries for the reports.

    Args:
        model: See `export_model`.

    Raises:
        ValueError: If it is no model, or cannot be copied in float32.
    """
    if isinstance(model, Served):
        return model, {}
    model = getattr(model, "served_model", model)
    # What is no model is refused by `served`.
    policy = half_policy(model) if isinstance(model, keras.Model) else None
    if policy is None:
        return served(model), {}
    return served(in_float32(model)), {"converted": f"{policy} to float32"}


def half_policy(model: keras.Model) -> str | None:
    """Return the first dtype policy of half precision in a model, or None."""
    for layer in model._flatten_layers():
        if {layer.compute_dtype, layer.variable_dtype} & {*_HALF}:
            return str(layer.dtype_policy.name)
    return None


def in_float32(model: keras.Model) -> keras.Model:
    """Return a copy of a model whose layers compute in float32.

    Args:
        model: A built Keras model that can be made from its configuration.

    Raises:
        ValueError: If the model cannot be copied.
    """
    try:
        config = keras.saving.serialize_keras_object(model)
        copy = keras.saving.deserialize_keras_object(
            _float32(config), {type(model).__name__: type(model)}
        )
        if not copy.built:
            copy.build_from_config(model.get_build_config())
        copy.set_weights(model.get_weights())
    except Exception as error:
        # A constructor of the user may raise anything.
        raise ValueError(
            f"`model` computes in {half_policy(model)}, which is not exported, "
            "and cannot be copied in float32; make it with `dtype='float32'` "
            f"and load the weights ({' '.join(str(error).split())})"
        ) from error
    return copy


def _float32(config: Any) -> Any:
    """Replace dtypes and policies of half precision in a configuration."""
    if isinstance(config, dict):
        return {
            # A cast by the user stays what it is.
            key: _name(value) if key in ("dtype", "name") else _float32(value)
            for key, value in config.items()
        }
    if isinstance(config, (list, tuple)):
        return [_float32(each) for each in config]
    return config


def _name(value: _T) -> Any:
    if isinstance(value, str):
        half = value.removeprefix("mixed_") in _HALF
        return "float32" if half else value
    return _float32(value)
