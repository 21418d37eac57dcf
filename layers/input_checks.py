"""Checks of what comes into a layer."""

import keras

from convzoo.common.checks import check_choice


def checked_data_format(value):
    """A data format; None stands for that of the Keras configuration."""
    if value is None:
        return keras.config.image_data_format()
    check_choice("data_format", value, ("channels_last", "channels_first"))
    return value


def checked_channels(layer, shape, axis):
    """The static number of channels of an input's shape."""
    if shape[axis] is None:
        raise ValueError(
            f"{layer} needs to know the number of channels. "
            f"Received: input_shape={tuple(shape)}"
        )
    return shape[axis]


def check_rank(layer, shape, ranks):
    """Raise a `ValueError` unless a shape has one of some ranks."""
    if len(shape) not in ranks:
        expected = " or ".join(str(rank) for rank in ranks)
        raise ValueError(
            f"{layer} needs an input of rank {expected}. "
            f"Received: input_shape={tuple(shape)}"
        )
