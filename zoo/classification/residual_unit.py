"""Residual unit for padded batches.

He, Zhang, Ren and Sun 2015, Deep Residual Learning for Image Recognition,
https://arxiv.org/abs/1512.03385, figure 2 and section 3.3, option B.
"""

from typing import Any

import keras
from keras import layers

from convzoo.common.types import Shape, Tensor
from convzoo.layers.every_nth import every_nth
from convzoo.zoo.classification.conv_unit import ConvUnit


class ResidualUnit(layers.Layer):
    """Two `ConvUnit`s with a shortcut, which is projected if shapes differ.

    Args:
        filters: Number of output channels.
        strides: Stride of the first convolution and the shortcut, in pixels.
        **kwargs: Keyword arguments of `keras.layers.Layer`.

    Call arguments: As in `ConvUnit`.
    Input shape: `(batch, height, width, channels)`.
    Output shape: `(batch, ceil(height / strides), ceil(width / strides),
        filters)`.
    """

    def __init__(self, filters: int, strides: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters = filters
        self.strides = strides
        self.first = self._unit(3, strides, "relu")
        self.second = self._unit(3, 1, None)
        # See `every_nth` on strides of single pixels.
        self.shortcut: ConvUnit | None = self._unit(1, 1, None)

    def _unit(
        self, kernel_size: int, strides: int, activation: str | None
    ) -> ConvUnit:
        conv = layers.Conv2D(
            self.filters,
            kernel_size,
            strides,
            use_bias=False,
            kernel_initializer="he_normal",
            dtype=self.dtype_policy,
        )
        return ConvUnit(conv, activation, dtype=self.dtype_policy)

    def build(self, input_shape: Shape) -> None:
        if self.strides == 1 and input_shape[-1] == self.filters:
            self.shortcut = None
        if self.shortcut is not None:
            self.shortcut.build(input_shape)
        self.first.build(input_shape)
        self.second.build(self.first.compute_output_shape(input_shape))

    def call(
        self,
        inputs: Tensor,
        sizes: Tensor | None = None,
        training: bool | None = None,
    ) -> Tensor:
        shortcut = self._projected(inputs, sizes, training)
        x = self.first(inputs, sizes=sizes, training=training)
        sizes = None if sizes is None else self.sizes_after(sizes)
        x = self.second(x, sizes=sizes, training=training)
        return keras.ops.relu(x + shortcut)

    def _projected(
        self, inputs: Tensor, sizes: Tensor | None, training: bool | None
    ) -> Tensor:
        if self.shortcut is None:
            return inputs
        if self.strides > 1:
            inputs = every_nth(inputs, (self.strides, self.strides))
            sizes = None if sizes is None else self.sizes_after(sizes)
        return self.shortcut(inputs, sizes=sizes, training=training)

    def sizes_after(self, sizes: Tensor) -> Tensor:
        """Valid rows and columns of the output."""
        return self.first.sizes_after(sizes)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return self.first.compute_output_shape(input_shape)
