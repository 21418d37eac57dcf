"""Convolution, normalisation and activation for padded batches."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from convzoo.common.types import Shape, Tensor
from convzoo.layers import MLPConv
from convzoo.layers.interpreted import interpreted
from convzoo.layers.sizes import valid_area

# As in He et al. 2015; Keras's 0.99 needs hundreds of steps to adapt.
_MOMENTUM = 0.9


class ConvUnit(keras.layers.Layer):
    """Convolution, batch normalisation and activation of maps of any size.

    The border is `kernel_size // 2` pixels of zeros on every side, for any
    stride. TensorFlow's `"same"` padding differs: with a stride, it depends on
    the parity of the size, so a map in a padded batch would be sampled at other
    positions than alone.

    In a padded batch, each map is zero outside its valid area, before and after
    the unit. The padding then equals the border, and only valid pixels enter
    the batch statistics, so each map gets the output that it gets alone.

    Args:
        conv: Layer with `filters` or `units`, `kernel_size` (odd) and
            `strides`, and padding `"valid"`: a `keras.layers.Conv2D` or an
            `MLPConv`.
        activation: Activation after the normalisation. Must map 0 to 0.
        **kwargs: Keyword arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: Feature maps.
        sizes: int32 `(batch, 2)`, the valid rows and columns of each map, which
            must be 0 elsewhere. None if all are valid.
        training: Whether to normalise with batch statistics.

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
        self.activation = interpreted("activation", activation)
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
        """Valid rows and columns of the output."""
        return (sizes + self._stride - 1) // self._stride

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return self.conv.compute_output_shape(
            self._pad.compute_output_shape(input_shape)
        )
