"""A convolution and what follows it, of maps that may be padded."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from convzoo.common.types import Shape, Tensor
from convzoo.layers import MLPConv
from convzoo.layers.sizes import valid_area

# He et al.'s; Keras's 0.99 takes hundreds of steps to see the data.
_MOMENTUM = 0.9


class ConvUnit(keras.layers.Layer):
    """Convolution, batch normalisation, activation, at any size.

    The border is `kernel_size // 2` pixels of zeros on every side, whatever the
    stride. The padding `"same"` of TensorFlow is not: with a stride it depends
    on the parity of the size, so that a map in a padded batch would be cut
    otherwise than alone.

    In a padded batch the maps are zero outside each one's own area, before and
    after, so that padding is what the border is, and only pixels inside count
    for the batch's moments: each map becomes what it would have become alone.

    Args:
        conv: a layer with `filters` or `units`, `kernel_size` (odd) and
            `strides`, whose padding is `"valid"`: a `keras.layers.Conv2D`, or
            an `MLPConv`.
        activation: after the normalisation; one that maps 0 to 0.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        inputs: the maps.
        sizes: int32 `(batch, 2)`, the valid rows and columns of each map;
            outside the map must be 0. None where all is valid.
        training: whether to normalise by the batch.

    Input shape: `(batch, height, width, channels)`.
    Output shape: `(batch, new_height, new_width, channels)`, where `new_height`
        is `ceil(height / stride)`.
    """

    def __init__(
        self,
        conv: keras.layers.Conv2D | MLPConv,
        activation: str | Callable[[Tensor], Tensor] | None = "relu",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.conv = conv
        self.activation = keras.activations.get(activation)
        self.norm = keras.layers.BatchNormalization(
            momentum=_MOMENTUM, dtype=self.dtype_policy
        )
        self._side, self._stride = (
            value if isinstance(value, int) else value[0]
            for value in (conv.kernel_size, conv.strides)
        )
        self._pad = keras.layers.ZeroPadding2D(
            self._side // 2, dtype=self.dtype_policy
        )

    def build(self, input_shape: Shape) -> None:
        padded = self._pad.compute_output_shape(input_shape)
        self.conv.build(padded)
        self.norm.build(self.conv.compute_output_shape(padded))

    def call(
        self,
        inputs: Tensor,
        sizes: Tensor | None = None,
        training: bool | None = None,
    ) -> Tensor:
        x = self.conv(self._pad(inputs))
        if sizes is None:
            return self.activation(self.norm(x, training=training))
        area = valid_area(self.sizes_after(sizes), x)
        x = self.activation(self.norm(x, training=training, mask=area))
        return ops.where(ops.expand_dims(area, -1), x, ops.zeros_like(x))

    def sizes_after(self, sizes: Tensor) -> Tensor:
        """The valid rows and columns of the output."""
        return (sizes + self._stride - 1) // self._stride

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return self.conv.compute_output_shape(
            self._pad.compute_output_shape(input_shape)
        )
