"""Models that return the outputs of intermediate layers."""

import math
import os
from collections.abc import Callable, Sequence
from typing import Any

import h5py
import keras

from convzoo.common.keras_weights import check_keras_weights
from convzoo.common.types import PathLike, Tensor
from convzoo.losses.feature_checks import check_layer_names

# A file can hold the state of an optimizer, or wider numbers, beside what a
# small model has.
_MOST_COPIES, _SMALL = 4, 1 << 20


def plain_model(model: keras.Model) -> keras.Model:
    """Return an uncompiled functional model of the same layers.

    Raises:
        ValueError: If `model` is not a functional or sequential model of one
            batch of images.
    """
    inputs = getattr(model, "inputs", None)
    if not inputs or len(inputs) != 1 or len(inputs[0].shape) != 4:
        raise ValueError(
            "`network` must be the name of a network, or a functional or "
            "sequential Keras model with one input, images (batch, height, "
            f"width, channels). Received: network={model!r}"
        )
    return keras.Model(model.inputs[0], model.outputs)


def copied_model(
    model: keras.Model, weights: PathLike | None = None
) -> keras.Model:
    """Return a plain model with its own layers and weights.

    Args:
        model: A functional or sequential model.
        weights: Path of a file of weights. None copies those of the model.

    Raises:
        ValueError: As for `plain_model`, or if the file cannot be loaded.
    """
    model = plain_model(model)
    copy = keras.models.clone_model(model)
    if weights is None:
        copy.set_weights(model.get_weights())
    else:
        _load(copy, weights)
    return copy


def _load(model: keras.Model, path: PathLike) -> None:
    if not os.path.isfile(path):
        raise ValueError(
            "`weights` must be the path of a file, or None for the current "
            f"weights of the network. Received: weights={path!r}"
        )
    try:
        load_checked(model, path)
    # Keras, h5py and zipfile raise errors of many types.
    except Exception as error:
        raise ValueError(
            "`weights` must be a file of weights of the network. "
            f"Received: weights={path!r}: {error}"
        ) from error


def load_checked(model: keras.Model, path: PathLike) -> None:
    """Load a file of weights that is not much larger than the model.

    Raises:
        ValueError: If it is; loading it can raise almost any other error.
    """
    if os.fspath(path).endswith(".keras") or h5py.is_hdf5(path):
        own = sum(map(_bytes_of, model.weights))
        check_keras_weights(path, _MOST_COPIES * own + _SMALL)
    model.load_weights(path)


def _bytes_of(weight: keras.Variable) -> int:
    dtype = keras.backend.standardize_dtype(weight.dtype)
    return math.prod(weight.shape) * (2 if dtype.endswith("16") else 4)


def tapped_model(
    model: keras.Model, layers: Sequence[str], before_activation: bool
) -> keras.Model:
    """Return a model of the same layers that outputs some of them.

    Args:
        model: A functional model that is used nowhere else.
        layers: Names of layers.
        before_activation: Whether to return the inputs of the activations of
            these layers. Later layers still get the outputs.

    Returns:
        A functional model without trainable weights, as deep as the deepest of
        the layers.

    Raises:
        ValueError: If a layer does not exist, is used more than once, has no
            activation, or does not return one batch of maps.
    """
    known = [
        layer.name
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer)
    ]
    check_layer_names(layers, known)
    taps: dict[str, Tensor] = {}

    def call(layer: keras.Layer, *args: Any, **kwargs: Any) -> Tensor:
        if layer.name not in layers:
            return layer(*args, **kwargs)
        _check_unused(layer.name, taps)
        activation = _removed_activation(layer) if before_activation else None
        outputs = taps[layer.name] = layer(*args, **kwargs)
        _check_maps(layer.name, outputs)
        if activation is None:
            return outputs
        return keras.layers.Activation(
            activation, dtype=layer.dtype_policy, name=f"{layer.name}_activated"
        )(outputs)

    whole = keras.models.clone_model(
        model, clone_function=lambda layer: layer, call_function=call
    )
    outputs = [taps[name] for name in layers]
    return keras.Model(whole.inputs[0], outputs, trainable=False)


def _check_unused(name: str, taps: dict[str, Tensor]) -> None:
    if name in taps:
        raise ValueError(
            "`layers` must be layers that the network uses once. "
            f"Received: layers with {name!r}"
        )


def _removed_activation(layer: keras.Layer) -> Callable[[Tensor], Tensor]:
    activation = getattr(layer, "activation", None)
    if not callable(activation):
        raise ValueError(
            "`before_activation` must be False for layers without activation. "
            f"Received: before_activation=True, layers with {layer.name!r}"
        )
    layer.activation = keras.activations.linear
    return activation


def _check_maps(name: str, outputs: Tensor) -> None:
    if not isinstance(outputs, keras.KerasTensor) or len(outputs.shape) != 4:
        raise ValueError(
            "`layers` must be layers that return maps (batch, height, width, "
            f"channels). Received: layers with {name!r}"
        )
