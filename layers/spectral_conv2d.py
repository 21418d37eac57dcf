"""Convolution with spectral normalisation.

Miyato, Kataoka, Koyama and Yoshida 2018, Spectral Normalization for Generative
Adversarial Networks, https://arxiv.org/abs/1802.05957.

What differs from the paper: nothing. What differs from
`keras.layers.SpectralNormalization`: that layer overwrites the weight with the
normalised kernel, and gradients pass through the norm on JAX only, so backends
train differently. Here the weight is kept, and gradients pass through the norm,
as in equation 12 of the paper.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

import keras
from keras import ops

from convzoo.common.checks import check_positive, checked_pair
from convzoo.common.types import Shape, Tensor
from convzoo.layers.every_nth import every_nth
from convzoo.layers.input_checks import (
    check_input_shape,
    is_empty_batch,
    no_outputs,
)
from convzoo.layers.types import IntOrPair

# Lower bound of a norm, so that a kernel of zeros stays zero.
_EPSILON = 1e-12


@keras.saving.register_keras_serializable(package="convzoo")
class SpectralConv2D(keras.layers.Conv2D):
    """`Conv2D` whose kernel is divided by its largest singular value.

    This bounds the slope of a discriminator, and so preserves the gradients
    that train the generator. The kernel is seen as a matrix with `filters`
    columns. Its largest singular value is estimated by power iteration: each
    call in training refines an estimate that the layer stores.

    Args:
        filters: Number of output channels.
        kernel_size: Size of the kernel in pixels, an int or (rows, columns).
        strides: Strides in pixels, an int or (rows, columns).
        power_iterations: Steps of power iteration per call in training.
        **kwargs: Arguments of `keras.layers.Conv2D`; `groups` must be 1.

    Call arguments:
        inputs: Images or feature maps.
        training: Whether to update the estimate of the singular value.

    Input shape: that of `Conv2D`, `(batch, height, width, channels)`.
    Output shape: that of `Conv2D`.

    Raises:
        ValueError: An argument is not as described, `groups` is not 1, or
            `Conv2D` rejects an argument.

    Example:

    >>> import numpy as np
    >>> from convzoo.layers import SpectralConv2D
    >>> layer = SpectralConv2D(8, 3, padding="same")
    >>> layer(np.zeros((2, 16, 20, 3), "float32")).shape
    TensorShape([2, 16, 20, 8])
    """

    def __init__(
        self,
        filters: int,
        kernel_size: IntOrPair,
        strides: IntOrPair = (1, 1),
        *,
        power_iterations: int = 1,
        **kwargs: Any,
    ) -> None:
        check_positive("filters", filters)
        checked_pair("kernel_size", kernel_size)
        checked_pair("strides", strides)
        check_positive("power_iterations", power_iterations)
        if kwargs.get("groups", 1) != 1:
            raise ValueError(
                f"`groups` must be 1. Received: groups={kwargs['groups']!r}"
            )
        super().__init__(filters, kernel_size, strides, **kwargs)
        self.power_iterations = power_iterations

    def build(self, input_shape: Shape) -> None:
        check_input_shape("SpectralConv2D", input_shape, (4,))
        super().build(input_shape)
        self.left_vector = self.add_weight(
            name="left_vector",
            shape=(self.filters,),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            # On PyTorch, an assignment to an autocast variable is lost.
            autocast=False,
        )

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        check_input_shape("SpectralConv2D", inputs.shape, (4,))
        if is_empty_batch(inputs):
            return no_outputs(self, inputs)
        kernel = _as_float(self.kernel)
        kernel = kernel / self._norm(kernel, training)
        kernel = ops.cast(kernel, inputs.dtype)
        # TensorFlow does not support channels first on every CPU.
        first = self.data_format == "channels_first"
        if first:
            inputs = ops.transpose(inputs, (0, 2, 3, 1))
        strides = self.strides
        if self.kernel_size == (1, 1):
            inputs, strides = every_nth(inputs, strides), (1, 1)
        outputs = ops.conv(
            inputs,
            kernel,
            strides,
            self.padding,
            "channels_last",
            self.dilation_rate,
        )
        if self.use_bias:
            bias = ops.convert_to_tensor(self.bias)
            outputs = outputs + ops.cast(bias, outputs.dtype)
        if first:
            outputs = ops.transpose(outputs, (0, 3, 1, 2))
        if self.activation is not None:
            outputs = self.activation(outputs)
        return outputs

    def _norm(self, kernel: Tensor, training: bool | None) -> Tensor:
        """Estimate the largest singular value by power iteration."""
        matrix = ops.reshape(kernel, (-1, self.filters))
        fixed = ops.stop_gradient(matrix)
        left = ops.stop_gradient(_as_float(self.left_vector))
        for _ in range(self.power_iterations if training else 0):
            left = _unit(ops.matmul(_unit(ops.matmul(fixed, left)), fixed))
        if training:
            self.left_vector.assign(left)
        right = _unit(ops.matmul(fixed, left))
        norm = ops.sum(right * ops.matmul(matrix, left))
        return ops.maximum(norm, _EPSILON)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_input_shape("SpectralConv2D", input_shape, (4,))
        return super().compute_output_shape(input_shape)

    # `Conv2D` stores its own weights by name, and no others.
    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        super().save_own_variables(store)
        if self.built:
            store["left_vector"] = self.left_vector

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        super().load_own_variables(store)
        if self.built:
            self.left_vector.assign(store["left_vector"])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "power_iterations": self.power_iterations,
        }


def _as_float(tensor: Tensor) -> Tensor:
    """Cast to at least float32: half precision cannot hold the norm."""
    dtype = keras.backend.result_type(tensor.dtype, "float32")
    return ops.cast(ops.convert_to_tensor(tensor), dtype)


def _unit(vector: Tensor) -> Tensor:
    return vector / ops.maximum(ops.sqrt(ops.sum(ops.square(vector))), _EPSILON)
