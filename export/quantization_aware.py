"""Quantisation-aware training for 8-bit integer files.

Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference, https://arxiv.org/abs/1712.05877. The paper
uses moving averages of the ranges; here the ranges are those of the batch, so
that weights are the only state. `quantize.py` measures the ranges of a file
when it is written.
"""

from typing import Any

import keras
from keras import layers, ops

from convzoo.common.types import Shape, Tensor

_LARGEST = {"weight": 127, "map": 255}
# Lower bound of a range, since an empty range would divide by zero.
_SMALLEST = 1e-12


def quantization_aware(model: keras.Model) -> keras.Model:
    """Return a model with fake-quantised convolutions and dense layers.

    Inputs and outputs of these layers are rounded to 256 values between the
    minimum and the maximum of the batch, and kernels to 255 values per filter.
    Gradients pass through the rounding unchanged (straight-through estimator).

    Two things are not modelled: convolutions outside of layers, such as the
    upsampling of a bilinear anchor; and batch normalisation, which a file folds
    into the kernel before the kernel is rounded.

    Args:
        model: A functional `keras.Model`. The result shares its weights.

    Returns:
        A functional `keras.Model`.
    """
    same = keras.Model(model.input, model.output)
    return keras.models.clone_model(
        same, clone_function=lambda layer: layer, call_function=_call
    )


class FakeQuantized(layers.Layer):
    """Fake-quantised wrapper of a convolution or dense layer.

    Args:
        layer: A `keras.layers.Conv2D` or `keras.layers.Dense`, whose weights
            are shared.
        **kwargs: Arguments of `keras.layers.Layer`.

    Input and output shape: Those of `layer`.
    """

    def __init__(self, layer: layers.Layer, **kwargs: Any) -> None:
        super().__init__(dtype=layer.dtype_policy, **kwargs)
        self.layer = layer

    def call(self, inputs: Tensor) -> Tensor:
        values = [
            rounded_filters(v) if v is self.layer.kernel else v.value
            for v in self.layer.variables
        ]
        count = len(self.layer.trainable_variables)
        outputs, _ = self.layer.stateless_call(
            values[:count], values[count:], rounded_map(inputs)
        )
        return outputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return self.layer.compute_output_shape(input_shape)


class Rounded(layers.Layer):
    """Fake quantisation of feature maps by `rounded_map`."""

    def call(self, inputs: Tensor) -> Tensor:
        return rounded_map(inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape


def rounded_filters(kernel: Tensor) -> Tensor:
    """Round each filter (last axis) to 255 values symmetric around zero."""
    kernel = ops.convert_to_tensor(kernel)
    axes = tuple(range(len(kernel.shape) - 1))
    largest = ops.max(ops.abs(kernel), axis=axes, keepdims=True)
    step = ops.maximum(largest, _SMALLEST) / _LARGEST["weight"]
    return _straight_through(kernel, ops.round(kernel / step) * step)


def rounded_map(maps: Tensor) -> Tensor:
    """Round to 256 values from the minimum to the maximum, including 0."""
    low = ops.minimum(ops.min(maps), 0)
    step = ops.maximum(ops.max(maps), 0) - low
    step = ops.maximum(step, _SMALLEST) / _LARGEST["map"]
    zero = ops.round(-low / step)
    levels = ops.clip(ops.round(maps / step) + zero, 0, _LARGEST["map"])
    return _straight_through(maps, (levels - zero) * step)


def _straight_through(values: Tensor, rounded: Tensor) -> Tensor:
    """The rounded values with the gradient of the original values."""
    return values + ops.stop_gradient(rounded - values)


def _call(operation: keras.Operation, *args: Any, **kwargs: Any) -> Tensor:
    if _rounds(operation):
        outputs = FakeQuantized(operation)(*args)
        # A file fuses the ReLU into the layer, and rounds the ReLU's output.
        return outputs if _fuses_relu(operation) else Rounded()(outputs)
    outputs = operation(*args, **kwargs)
    return Rounded()(outputs) if _is_fused_relu(operation) else outputs


def _rounds(operation: keras.Operation) -> bool:
    return type(operation) in (layers.Conv2D, layers.Dense)


def _fuses_relu(layer: keras.Operation) -> bool:
    """Whether every consumer of the output is a ReLU."""
    followers = [node.operation for node in layer._outbound_nodes]
    return bool(followers) and all(map(_is_relu, followers))


def _is_fused_relu(operation: keras.Operation) -> bool:
    """Whether it is a ReLU that is fused into a rounded layer."""
    if not _is_relu(operation):
        return False
    (node, *_) = operation._inbound_nodes
    return all(
        _rounds(parent.operation) and _fuses_relu(parent.operation)
        for parent in node.parent_nodes
    )


def _is_relu(operation: keras.Operation) -> bool:
    return isinstance(operation, layers.ReLU) and not operation.negative_slope
