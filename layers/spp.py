"""Spatial pyramid pooling.

He, Zhang, Ren and Sun 2014, Spatial Pyramid Pooling in Deep Convolutional
Networks for Visual Recognition, https://arxiv.org/abs/1406.4729.

What differs from the paper: average pooling is available too, and a batch can
hold maps of several sizes, padded to one (`sizes`).
"""

from collections.abc import Sequence
from typing import Any, get_args

import keras
from keras import ops

from convzoo.common.checks import check_choice, check_flag, checked_pair
from convzoo.common.choices import Pooling
from convzoo.common.types import Shape, Tensor
from convzoo.layers.average_bins import average_bins
from convzoo.layers.input_checks import (
    check_input_shape,
    checked_channels,
    checked_data_format,
    is_empty_batch,
    no_outputs,
)
from convzoo.layers.max_bins import max_bins
from convzoo.layers.sizes import checked_sizes
from convzoo.layers.types import DataFormat, IntOrPair


@keras.saving.register_keras_serializable(package="convzoo")
class SPP(keras.layers.Layer):
    """Pools feature maps of any size to vectors of one length.

    Each level of the pyramid divides the map into `rows * columns` bins. Along
    an axis of `length` pixels, bin `i` of `n` covers the pixels from `floor(i *
    length / n)` to `ceil((i + 1) * length / n)`, exclusive. Each pixel is in a
    bin, neighbouring bins share one if `n` does not divide `length`, and maps
    smaller than the pyramid, down to 1x1, need no special case. The bins are
    those of PyTorch's adaptive pooling.

    Args:
        bins: Levels of the pyramid, each an int `n` for n x n bins, or a pair
            (rows, columns).
        pooling: `"max"`, as in the paper, or `"average"`. Of equal pixels in a
            bin, the first has the gradient of a maximum; where the bins of
            another level divide the bin, the first of each part shares it.
        flatten: Whether to flatten the bins and channels to a vector.
        data_format: `"channels_last"` or `"channels_first"`. None for the
            default of the Keras configuration.

    Call arguments:
        inputs: Feature maps.
        sizes: Valid rows and columns, in pixels, of each map of a padded batch,
            from its top left corner: integers `(batch, 2)`. Each map is pooled
            as if it were alone. None if all pixels are valid.

    Input shape:
        `(batch, height, width, channels)`, or `(batch, channels, height,
        width)` with `data_format="channels_first"`. All but the channels may
        be unknown.

    Output shape:
        `(batch, num_bins * channels)`, or `(batch, num_bins, channels)` with
        `flatten=False`, where `num_bins` is the sum of rows * columns: level by
        level, bins row by row, the channels of a bin together. The last
        dimension is always known, so a `Dense` can follow.

    Raises:
        ValueError: An argument is not as described, the input is not of rank 4
            or its channels are unknown, or an entry of `sizes` is below 1 or
            beyond the map. Inside a compiled function, where values are
            unknown, `sizes` are clipped to the map instead.

    Example:

    >>> import numpy as np
    >>> from convzoo.layers import SPP
    >>> pool = SPP(bins=(1, 2, (3, 6)))
    >>> pool(np.zeros((2, 13, 7, 8), "float32")).shape
    TensorShape([2, 184])
    >>> pool(np.zeros((1, 2, 50, 8), "float32")).shape
    TensorShape([1, 184])
    """

    def __init__(
        self,
        bins: Sequence[IntOrPair] = (1, 2, 4),
        pooling: Pooling = "max",
        flatten: bool = True,
        data_format: DataFormat | None = None,
        **kwargs: Any,
    ) -> None:
        levels = _checked_levels(bins)
        check_choice("pooling", pooling, get_args(Pooling))
        check_flag("flatten", flatten)
        data_format = checked_data_format(data_format)
        super().__init__(**kwargs)
        self.bins = bins
        self.pooling = pooling
        self.flatten = flatten
        self.data_format = data_format
        self._levels = levels

    def build(self, input_shape: Shape) -> None:
        check_input_shape("SPP", input_shape, (4,))
        checked_channels("SPP", input_shape, self._channel_axis)

    def call(self, inputs: Tensor, sizes: Tensor | None = None) -> Tensor:
        check_input_shape("SPP", inputs.shape, (4,))
        if is_empty_batch(inputs):
            return no_outputs(self, inputs)
        if self.data_format == "channels_first":
            inputs = ops.transpose(inputs, (0, 2, 3, 1))
        if sizes is not None:
            sizes = checked_sizes(sizes, inputs)
        if self.pooling == "max":
            outputs = max_bins(inputs, self._levels, sizes)
        else:
            outputs = ops.concatenate(
                [average_bins(inputs, level, sizes) for level in self._levels],
                axis=1,
            )
        if not self.flatten:
            return outputs
        return ops.reshape(outputs, (-1, self._num_bins * inputs.shape[-1]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_input_shape("SPP", input_shape, (4,))
        channels = checked_channels("SPP", input_shape, self._channel_axis)
        if self.flatten:
            return (input_shape[0], self._num_bins * channels)
        return (input_shape[0], self._num_bins, channels)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "bins": self.bins,
            "pooling": self.pooling,
            "flatten": self.flatten,
            "data_format": self.data_format,
        }

    @property
    def _channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else 3

    @property
    def _num_bins(self) -> int:
        return sum(rows * columns for rows, columns in self._levels)


def _checked_levels(bins: object) -> list[tuple[int, int]]:
    if not isinstance(bins, (tuple, list)) or not bins:
        raise ValueError(
            "`bins` must be a tuple of ints and (rows, columns) pairs. "
            f"Received: bins={bins!r}"
        )
    try:
        return [checked_pair("bins", level) for level in bins]
    except ValueError:
        raise ValueError(
            "`bins` must contain positive integers or pairs of them. "
            f"Received: bins={bins!r}"
        ) from None
