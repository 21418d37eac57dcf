"""Deformable convolution as a layer.

Dai et al. 2017, Deformable Convolutional Networks,
https://arxiv.org/abs/1703.06211, and Zhu et al. 2018, Deformable ConvNets v2:
More Deformable, Better Results, https://arxiv.org/abs/1811.11168.

What differs from the papers: the modulation is twice a sigmoid, as in the code
of the first paper, so a new layer is a plain convolution; offsets can be
bounded; and the lower learning rate of the offsets, which the papers leave to
the optimizer, is an argument.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.checks import (
    check_above,
    check_flag,
    check_number,
    check_positive,
    checked_pair,
)
from convzoo.common.types import Shape, Tensor
from convzoo.layers.deform_conv2d import deform_conv2d
from convzoo.layers.every_nth import every_nth
from convzoo.layers.input_checks import (
    check_input_shape,
    checked_channels,
    checked_data_format,
    is_empty_batch,
    no_outputs,
)
from convzoo.layers.interpreted import interpreted, module_of
from convzoo.layers.sampling_grid import SamplingGrid, checked_padding
from convzoo.layers.types import (
    Activation,
    Constraint,
    DataFormat,
    Initializer,
    IntOrPair,
    Padding,
    Regularizer,
)

_OBJECTS = ("initializer", "regularizer", "constraint")
_BACKEND = keras.config.backend()
_WEIGHTS = ("kernel", "bias", "offset_kernel", "offset_bias")


@keras.saving.register_keras_serializable(package="convzoo")
class DeformableConv2D(keras.layers.Layer):
    """2D convolution with learned offsets of its taps.

    A second convolution of the same geometry predicts, for each output
    position, the offset of each tap and, with `modulated`, its factor. Its
    weights start at zero: a new layer equals `keras.layers.Conv2D` with the
    same kernel, up to rounding. For offsets from elsewhere, use
    `convzoo.layers.deform_conv2d`.

    On a CPU the layer takes about four times as long as `Conv2D`. With XLA, the
    default of `fit`, training takes two thirds of the time without it;
    `predict` is three times as fast with `compile(jit_compile=False)`. LiteRT
    files use GATHER, which phones run on the CPU.

    Args:
        filters: Number of output channels.
        kernel_size: Size of the kernel in taps, an int or (rows, columns).
        strides: Strides in pixels, an int or (rows, columns).
        padding: `"same"`, `"valid"`, or the number of zeros on each side, an
            int or (rows, columns). With strides, `"same"` pads as TensorFlow
            does, not as PyTorch: weights from PyTorch need a number.
        dilation_rate: Dilation in pixels, an int or (rows, columns).
        groups: Number of groups of channels and filters that are convolved
            separately.
        deformable_groups: Number of groups of input channels, each with its own
            offsets.
        modulated: Whether each tap is also weighted (v2 of the papers).
        modulation_scale: Factor of the sigmoid that weights each tap. With 2, a
            new layer is a plain convolution; models of torchvision and mmcv
            have 1.
        offset_gradient_scale: Factor of the gradients of `offset_kernel` and
            `offset_bias`. The papers train some networks with 0.1.
        max_offset: Bound of the offsets in pixels, approached smoothly by a
            hyperbolic tangent. None for no bound, as in the papers; deformable
            networks fail when offsets grow without bound.
        track_offsets: Whether to report the mean absolute offset, in pixels, as
            a metric in training, `offset_mean_abs`. On JAX, Keras does not
            collect metrics of layers, and it stays zero.
        activation: Activation of the output. None for a linear output.
        use_bias: Whether to add a bias to the output.
        data_format: `"channels_last"` or `"channels_first"`. None for the
            default of the Keras configuration.
        kernel_initializer, bias_initializer, offset_kernel_initializer,
        offset_bias_initializer: Initializers of the weights of these names.
        kernel_regularizer, bias_regularizer, offset_kernel_regularizer,
        offset_bias_regularizer: Regularizers of these weights.
        kernel_constraint, bias_constraint, offset_kernel_constraint,
        offset_bias_constraint: Constraints of these weights.

    Call arguments:
        inputs: Images or feature maps.
        training: Whether to update `offset_mean_abs`, and whether a backward
            pass follows. If True, positions are processed in a loop, which
            bounds memory, and on TensorFlow second-order gradients are
            unavailable: for a gradient penalty, leave it False.

    Input shape:
        `(batch, height, width, channels)`, or `(batch, channels, height,
        width)` with `data_format="channels_first"`. All but the channels may
        be unknown.

    Output shape:
        `(batch, out_height, out_width, filters)`, or channels first. With
        padding p, dilation d, stride s and k taps, a length n becomes `(n + 2 p
        - d (k - 1) - 1) // s + 1`, and with `"same"` `(n + s - 1) // s`.

    Weights:
        kernel: `(rows, columns, channels / groups, filters)`.
        bias: `(filters,)`.
        offset_kernel: `(rows, columns, channels, outputs)`. The outputs are `2
            * deformable_groups * rows * columns` offsets in pixels, alternating
            y and x, with taps row by row, group by group, followed by
            `deformable_groups * rows * columns` logits of the modulation.
        offset_bias: `(outputs,)`.

    Raises:
        ValueError: An argument is not as described; `groups` does not divide
            `filters` and the channels, or `deformable_groups` the channels; the
            input is not of rank 4 or its channels are unknown; or the kernel
            does not fit into the padded input.

    Example:

    >>> import numpy as np
    >>> import keras
    >>> from convzoo.layers import DeformableConv2D
    >>> image = np.random.rand(1, 20, 30, 3).astype("float32")
    >>> plain = keras.layers.Conv2D(8, 3, padding="same")
    >>> layer = DeformableConv2D(8, 3)
    >>> layer.build(image.shape)
    >>> plain.build(image.shape)
    >>> plain.kernel.assign(layer.kernel) is not None
    True
    >>> bool(np.allclose(layer(image), plain(image), atol=1e-6))
    True
    """

    def __init__(
        self,
        filters: int,
        kernel_size: IntOrPair,
        strides: IntOrPair = 1,
        padding: Padding | IntOrPair = "same",
        dilation_rate: IntOrPair = 1,
        groups: int = 1,
        deformable_groups: int = 1,
        modulated: bool = True,
        modulation_scale: float = 2.0,
        offset_gradient_scale: float = 1.0,
        max_offset: float | None = None,
        track_offsets: bool = False,
        activation: Activation = None,
        use_bias: bool = True,
        data_format: DataFormat | None = None,
        kernel_initializer: Initializer = "glorot_uniform",
        bias_initializer: Initializer = "zeros",
        offset_kernel_initializer: Initializer = "zeros",
        offset_bias_initializer: Initializer = "zeros",
        kernel_regularizer: Regularizer = None,
        bias_regularizer: Regularizer = None,
        offset_kernel_regularizer: Regularizer = None,
        offset_bias_regularizer: Regularizer = None,
        kernel_constraint: Constraint = None,
        bias_constraint: Constraint = None,
        offset_kernel_constraint: Constraint = None,
        offset_bias_constraint: Constraint = None,
        **kwargs: Any,
    ) -> None:
        given = {
            name: value
            for name, value in locals().items()
            if name not in ("self", "kwargs", "__class__")
        }
        grid = SamplingGrid(
            checked_pair("kernel_size", kernel_size),
            checked_pair("strides", strides),
            checked_padding(padding),
            checked_pair("dilation_rate", dilation_rate),
        )
        for name in ("filters", "groups", "deformable_groups"):
            check_positive(name, given[name])
        for name in ("modulated", "track_offsets", "use_bias"):
            check_flag(name, given[name])
        if filters % groups:
            raise ValueError(
                "`groups` must divide `filters`. "
                f"Received: groups={groups}, filters={filters}"
            )
        check_above("modulation_scale", modulation_scale, 0)
        check_number("offset_gradient_scale", offset_gradient_scale, 0)
        if max_offset is not None:
            check_above("max_offset", max_offset, 0)
        given["data_format"] = checked_data_format(data_format)
        given["activation"] = interpreted("activation", activation)
        for name in _object_names():
            given[name] = interpreted(name, given[name])
        super().__init__(**kwargs)
        for name, value in given.items():
            setattr(self, name, value)
        self._arguments = tuple(given)
        self._grid = grid
        self.offset_mean_abs = None
        if track_offsets:
            self.offset_mean_abs = keras.metrics.Mean(name="offset_mean_abs")

    def build(self, input_shape: Shape) -> None:
        self.compute_output_shape(input_shape)
        channels = input_shape[self._channel_axis]
        kernel_size = self._grid.kernel_size
        offsets = 3 if self.modulated else 2
        outputs = offsets * self._taps
        shapes = {
            "kernel": (*kernel_size, channels // self.groups, self.filters),
            "bias": (self.filters,),
            "offset_kernel": (*kernel_size, channels, outputs),
            "offset_bias": (outputs,),
        }
        if not self.use_bias:
            self.bias = None
            del shapes["bias"]
        for name, shape in shapes.items():
            settings = {
                kind: getattr(self, f"{name}_{kind}") for kind in _OBJECTS
            }
            weight = self.add_weight(name=name, shape=shape, **settings)
            setattr(self, name, weight)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        check_input_shape("DeformableConv2D", inputs.shape, (4,))
        if is_empty_batch(inputs):
            return no_outputs(self, inputs)
        if self.data_format == "channels_first":
            inputs = ops.transpose(inputs, (0, 2, 3, 1))
        offset, mask = self._offset_and_mask(inputs)
        # In `fit` on JAX, the state of a layer's metric is out of reach.
        if self.offset_mean_abs is not None and training and _BACKEND != "jax":
            self.offset_mean_abs.update_state(ops.abs(offset))
        outputs = deform_conv2d(
            inputs,
            ops.cast(self.kernel, inputs.dtype),
            offset,
            mask,
            self.strides,
            self.padding,
            self.dilation_rate,
            self.deformable_groups,
            training,
        )
        if self.use_bias:
            outputs = outputs + ops.cast(self.bias, outputs.dtype)
        outputs = self.activation(outputs)
        if self.data_format == "channels_first":
            outputs = ops.transpose(outputs, (0, 3, 1, 2))
        return outputs

    def _offset_and_mask(self, inputs: Tensor) -> tuple[Tensor, Tensor | None]:
        """Compute offsets in pixels and tap weights, in at least float32."""
        outputs = self._offset_conv(inputs)
        if keras.backend.standardize_dtype(outputs.dtype) != "float64":
            outputs = ops.cast(outputs, "float32")
        offset, mask = outputs, None
        if self.modulated:
            offset, mask = ops.split(outputs, [2 * self._taps], axis=-1)
            mask = self.modulation_scale * ops.sigmoid(mask)
        if self.max_offset is not None:
            offset = self.max_offset * ops.tanh(offset / self.max_offset)
        return offset, mask

    def _offset_conv(self, inputs: Tensor) -> Tensor:
        kernel = ops.cast(
            self._with_scaled_gradient(self.offset_kernel), inputs.dtype
        )
        bias = ops.cast(
            self._with_scaled_gradient(self.offset_bias), inputs.dtype
        )
        padding = self._grid.padding
        if not isinstance(padding, str):
            zeros = [[0, 0], *([n, n] for n in padding), [0, 0]]
            inputs, padding = ops.pad(inputs, zeros), "valid"
        strides, dilation_rate = self._grid.strides, self._grid.dilation_rate
        if self._grid.kernel_size == (1, 1):
            inputs, strides = every_nth(inputs, strides), (1, 1)
        # Keras does not support strides together with dilation.
        subsampled = max(strides) > 1 and max(dilation_rate) > 1
        outputs = ops.conv(
            inputs,
            kernel,
            1 if subsampled else strides,
            padding,
            "channels_last",
            dilation_rate,
        )
        if subsampled:
            height, width = ops.shape(inputs)[1:3]
            top = self._grid.first_of_dense(height, 0)
            left = self._grid.first_of_dense(width, 1)
            outputs = outputs[:, top :: strides[0], left :: strides[1]]
        return outputs + bias

    def _with_scaled_gradient(self, weight: Tensor) -> Tensor:
        """Scale the gradient of a weight by `offset_gradient_scale`."""
        weight = ops.convert_to_tensor(weight)
        if self.offset_gradient_scale == 1:
            return weight
        fixed = ops.stop_gradient(weight)
        return fixed + self.offset_gradient_scale * (weight - fixed)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_input_shape("DeformableConv2D", input_shape, (4,))
        axis = self._channel_axis
        channels = checked_channels("DeformableConv2D", input_shape, axis)
        for name in ("groups", "deformable_groups"):
            if channels % getattr(self, name):
                raise ValueError(
                    f"`{name}` must divide the number of channels, {channels}. "
                    f"Received: {name}={getattr(self, name)}"
                )
        size = [n for i, n in enumerate(input_shape) if i not in (0, axis)]
        self._grid.check_fits(size)
        out_size = self._grid.out_size(*size)
        if self.data_format == "channels_first":
            return (input_shape[0], self.filters, *out_size)
        return (input_shape[0], *out_size, self.filters)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in self._arguments:
            config[name] = getattr(self, name)
        config["activation"] = keras.activations.serialize(self.activation)
        for name in _object_names():
            config[name] = module_of(name).serialize(config[name])
        return config

    @property
    def _taps(self) -> int:
        rows, columns = self._grid.kernel_size
        return self.deformable_groups * rows * columns

    @property
    def _channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else 3


def _object_names() -> list[str]:
    return [f"{weight}_{kind}" for weight in _WEIGHTS for kind in _OBJECTS]
