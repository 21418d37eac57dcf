"""Checks of the inputs of layers."""

from collections.abc import Sequence
from typing import get_args

import keras

from convzoo.common.checks import check_choice
from convzoo.common.types import Shape
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
