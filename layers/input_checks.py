"""Checks of the inputs of layers."""

from collections.abc import Sequence
from typing import get_args

import keras
from keras import ops

from convzoo.common.checks import check_choice
from convzoo.common.types import Shape, Tensor
from convzoo.layers.types import DataFormat


def checked_data_format(value: DataFormat | None) -> DataFormat:
    """Return a valid data format; None is that of the Keras configuration."""
    if value is None:
        return keras.config.image_data_format()
    check_choice("data_format", value, get_args(DataFormat))
    return value


def checked_channels(layer: str, shape: Shape, axis: int) -> int:
    """Return the static number of channels of an input shape."""
    channels = shape[axis]
    if channels is None:
        raise ValueError(
            f"{layer} needs a known number of channels. "
            f"Received: input_shape={tuple(shape)}"
        )
    return channels


def check_rank(layer: str, shape: Shape, ranks: Sequence[int]) -> None:
    """Raise a `ValueError` unless the rank of `shape` is in `ranks`."""
    if len(shape) not in ranks:
        expected = " or ".join(str(rank) for rank in ranks)
        raise ValueError(
            f"{layer} needs an input of rank {expected}. "
            f"Received: input_shape={tuple(shape)}"
        )


def check_input_shape(
    layer: str, shape: Shape, ranks: Sequence[int], may_be_empty: int = 1
) -> None:
    """Raise a `ValueError` unless a layer can take inputs of a shape.

    An empty batch has empty outputs. No other axis can be empty: convolutions
    and means over nothing differ between backends, or are NaN.

    Args:
        layer: Name of the layer, for the error.
        shape: Shape of the inputs.
        ranks: Valid ranks.
        may_be_empty: Number of leading axes that can have the size 0.
    """
    check_rank(layer, shape, ranks)
    if 0 in tuple(shape)[may_be_empty:]:
        raise ValueError(
            f"{layer} needs `inputs` that are not empty. "
            f"Received: input_shape={tuple(shape)}"
        )


def is_empty_batch(inputs: Tensor) -> bool:
    """Return whether a tensor is known to have no samples."""
    return inputs.shape[0] == 0


def no_outputs(layer: keras.Layer, inputs: Tensor) -> Tensor:
    """Return the outputs of no samples, which TensorFlow cannot convolve."""
    shape = layer.compute_output_shape(tuple(inputs.shape))
    return ops.zeros(shape, inputs.dtype)
