"""Training for files in 8-bit integers: a network that rounds as they will.

Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference, https://arxiv.org/abs/1712.05877. Their
ranges are moving averages over batches; here they are those of the batch, so
that there is no state beside the weights: a file's are measured when it is
written, see `quantize.py`.
"""

from typing import Any

import keras
from keras import layers, ops

from convzoo.common.types import Shape, Tensor

_LARGEST = {"weight": 127, "map": 255}
# Below it a range is one value, which is kept as it is.
_SMALLEST = 1e-12


def quantization_aware(model: keras.Model) -> keras.Model:
    """A model of the same weights whose convolutions and dense layers round.

    What goes into such a layer and comes out of it has 256 values between the
    least and the largest of the batch, and its kernel 255 for each filter. The
    gradient is that of the values before they were rounded.

    Not foreseen are convolutions that are no layers, such as the enlargement of
    a bilinear anchor, and batch normalisation: a file multiplies it into the
    kernel before it rounds that.

    Args:
        model: a functional `keras.Model`. Training the result trains it.

    Returns:
        A functional `keras.Model`.
    """
    same = keras.Model(model.input, model.output)
    return keras.models.clone_model(
        same, clone_function=lambda layer: layer, call_function=_call
    )


class FakeQuantized(layers.Layer):
    """A convolution or a dense layer that rounds, sharing its weights.

    Args:
        layer: a `keras.layers.Conv2D`, or a `Dense`.
        **kwargs: of `keras.layers.Layer`.

    Input and output shape: those of the layer.
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
    """What it gets, as `rounded_map`."""

    def call(self, inputs: Tensor) -> Tensor:
        return rounded_map(inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape


def rounded_filters(kernel: Tensor) -> Tensor:
    """Each filter, the last axis, at 255 values around zero."""
    kernel = ops.convert_to_tensor(kernel)
    axes = tuple(range(len(kernel.shape) - 1))
    largest = ops.max(ops.abs(kernel), axis=axes, keepdims=True)
    step = ops.maximum(largest, _SMALLEST) / _LARGEST["weight"]
    return _straight_through(kernel, ops.round(kernel / step) * step)


def rounded_map(maps: Tensor) -> Tensor:
    """At 256 values from the least to the largest, of which 0 is one."""
    low = ops.minimum(ops.min(maps), 0)
    step = ops.maximum(ops.max(maps), 0) - low
    step = ops.maximum(step, _SMALLEST) / _LARGEST["map"]
    zero = ops.round(-low / step)
    levels = ops.clip(ops.round(maps / step) + zero, 0, _LARGEST["map"])
    return _straight_through(maps, (levels - zero) * step)


def _straight_through(values: Tensor, rounded: Tensor) -> Tensor:
    """The rounded values, with the gradient of the others."""
    return values + ops.stop_gradient(rounded - values)


def _call(operation: keras.Operation, *args: Any, **kwargs: Any) -> Tensor:
    if _rounds(operation):
        outputs = FakeQuantized(operation)(*args)
        # A file computes the ReLU in the same step, and rounds what it leaves.
        return outputs if _becomes_relu(operation) else Rounded()(outputs)
    outputs = operation(*args, **kwargs)
    return Rounded()(outputs) if _ends_step(operation) else outputs


def _rounds(operation: keras.Operation) -> bool:
    return type(operation) in (layers.Conv2D, layers.Dense)


def _becomes_relu(layer: keras.Operation) -> bool:
    """Whether all that takes its output is a ReLU."""
    followers = [node.operation for node in layer._outbound_nodes]
    return bool(followers) and all(map(_is_relu, followers))


def _ends_step(operation: keras.Operation) -> bool:
    """Whether it is a ReLU of such a layer's output alone."""
    if not _is_relu(operation):
        return False
    (node, *_) = operation._inbound_nodes
    return all(
        _rounds(parent.operation) and _becomes_relu(parent.operation)
        for parent in node.parent_nodes
    )


def _is_relu(operation: keras.Operation) -> bool:
    return isinstance(operation, layers.ReLU) and not operation.negative_slope
