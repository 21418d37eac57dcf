"""MLP convolution: a convolution whose filter is a small network.

Lin, Chen and Yan 2013, Network In Network, https://arxiv.org/abs/1312.4400.

What differs from the paper: batch normalisation is optional, and the last layer
can have another activation, since a ReLU before a softmax keeps some networks
from learning. Weights are initialised as the caller chooses, as in the code of
the paper; Keras's default is Glorot uniform, the paper's a Gaussian.
"""

from collections.abc import Sequence
from typing import Any, get_args

import keras
from keras import ops

from convzoo.common.checks import (
    check_choice,
    check_flag,
    check_number,
    check_positive,
    checked_pair,
)
from convzoo.common.types import Shape, Tensor
from convzoo.layers.every_nth import every_nth, shape_of_every_nth
from convzoo.layers.input_checks import (
    check_input_shape,
    checked_channels,
    checked_data_format,
    is_empty_batch,
    no_outputs,
)
from convzoo.layers.interpreted import interpreted
from convzoo.layers.seeded_dropout import seeded_dropout
from convzoo.layers.types import (
    Activation,
    DataFormat,
    Initializer,
    IntOrPair,
    Normalization,
    Padding,
    Regularizer,
)

_TO_LAST = (0, 2, 3, 1)
_TO_FIRST = (0, 3, 1, 2)


@keras.saving.register_keras_serializable(package="convzoo")
class MLPConv(keras.layers.Layer):
    """Convolution followed by 1x1 convolutions: an MLP that slides over a map.

    `units=(192, 160, 96)` is a convolution with 192 filters, and a perceptron
    with 160 and 96 units on its outputs at each position: the first block of
    the paper's network for CIFAR-10, with `kernel_size=5`. The layer equals the
    chain of `keras.layers.Conv2D` that `convs` holds, weight for weight.

    Args:
        units: Number of output channels of each layer. The first layer is the
            convolution.
        kernel_size: Size of the convolution's kernel in pixels, an int or
            (rows, columns).
        strides: Strides of the convolution in pixels, an int or (rows,
            columns).
        padding: Padding of the convolution, `"same"` or `"valid"`.
        dilation_rate: Dilation of the convolution in pixels, an int or (rows,
            columns).
        activation: Activation of all layers but the last.
        final_activation: Activation of the last layer. None for a linear
            output.
        normalization: `"batch"` adds a `BatchNormalization` before each
            activation. None for no normalisation.
        dropout: Fraction of the outputs to drop in training, in [0, 1).
        use_bias: Whether the layers have a bias.
        kernel_initializer, bias_initializer: Initializers of all layers.
        kernel_regularizer, bias_regularizer: Regularizers of all layers.
        data_format: `"channels_last"` or `"channels_first"`. None for the
            default of the Keras configuration.

    Call arguments:
        inputs: Images or feature maps.
        training: Whether to apply dropout, and to normalise by statistics of
            the batch.

    Input shape:
        `(batch, height, width, channels)`, or `(batch, channels, height,
        width)` with `data_format="channels_first"`. All but the channels may
        be unknown.

    Output shape:
        `(batch, new_height, new_width, units[-1])`, or channels first.

    Raises:
        ValueError: An argument is not as described; strides and dilation are
            both above 1, which Keras does not support; or the input is not of
            rank 4 or its channels are unknown.

    Example:

    >>> import numpy as np
    >>> from convzoo.layers import MLPConv
    >>> block = MLPConv((192, 160, 96), kernel_size=5)
    >>> block(np.zeros((2, 32, 32, 3), "float32")).shape
    TensorShape([2, 32, 32, 96])
    >>> [tuple(conv.kernel.shape) for conv in block.convs]
    [(5, 5, 3, 192), (1, 1, 192, 160), (1, 1, 160, 96)]
    """

    def __init__(
        self,
        units: Sequence[int],
        kernel_size: IntOrPair,
        strides: IntOrPair = 1,
        padding: Padding = "same",
        dilation_rate: IntOrPair = 1,
        activation: Activation = "relu",
        final_activation: Activation = "relu",
        normalization: Normalization = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        bias_initializer: Initializer = "zeros",
        kernel_regularizer: Regularizer = None,
        bias_regularizer: Regularizer = None,
        data_format: DataFormat | None = None,
        **kwargs: Any,
    ) -> None:
        _check_units(units)
        checked_pair("kernel_size", kernel_size)
        _check_strides(strides, dilation_rate)
        check_choice("padding", padding, get_args(Padding))
        check_choice("normalization", normalization, get_args(Normalization))
        check_number("dropout", dropout, 0, 1)
        check_flag("use_bias", use_bias)
        data_format = checked_data_format(data_format)
        super().__init__(**kwargs)
        self.units = tuple(units)
        self.kernel_size = kernel_size
        self.strides = strides
        self.padding = padding
        self.dilation_rate = dilation_rate
        self.activation = interpreted("activation", activation)
        self.final_activation = interpreted(
            "final_activation", final_activation
        )
        self.normalization = normalization
        self.dropout = dropout
        self.use_bias = use_bias
        self.kernel_initializer = interpreted(
            "kernel_initializer", kernel_initializer
        )
        self.bias_initializer = interpreted(
            "bias_initializer", bias_initializer
        )
        self.kernel_regularizer = interpreted(
            "kernel_regularizer", kernel_regularizer
        )
        self.bias_regularizer = interpreted(
            "bias_regularizer", bias_regularizer
        )
        self.data_format = data_format
        # See `every_nth` on strides of single pixels.
        alone = checked_pair("kernel_size", kernel_size) == (1, 1)
        self._step = checked_pair("strides", strides if alone else 1)
        first = {
            "kernel_size": kernel_size,
            "strides": 1 if alone else strides,
            "padding": padding,
            "dilation_rate": dilation_rate,
        }
        self.convs = [self._conv(units[0], **first)]
        self.convs += [self._conv(n, kernel_size=1) for n in units[1:]]
        self.norms = []
        if normalization == "batch":
            self.norms = [
                keras.layers.BatchNormalization(dtype=self.dtype_policy)
                for _ in units
            ]
        self.drop = seeded_dropout(dropout, self.dtype_policy)

    def _conv(self, filters: int, **arguments: Any) -> keras.layers.Conv2D:
        return keras.layers.Conv2D(
            filters,
            use_bias=self.use_bias,
            kernel_initializer=_cloned(self.kernel_initializer),
            bias_initializer=_cloned(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            # TensorFlow does not support channels first on every CPU.
            data_format="channels_last",
            dtype=self.dtype_policy,
            **arguments,
        )

    def build(self, input_shape: Shape) -> None:
        check_input_shape("MLPConv", input_shape, (4,))
        checked_channels("MLPConv", input_shape, self._channel_axis)
        input_shape = self._subsampled(input_shape)
        for index, conv in enumerate(self.convs):
            conv.build(input_shape)
            input_shape = conv.compute_output_shape(input_shape)
            if self.norms:
                self.norms[index].build(input_shape)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        check_input_shape("MLPConv", inputs.shape, (4,))
        if is_empty_batch(inputs):
            return no_outputs(self, inputs)
        x = inputs
        if self.data_format == "channels_first":
            x = ops.transpose(x, _TO_LAST)
        x = every_nth(x, self._step)
        last = len(self.convs) - 1
        for index, conv in enumerate(self.convs):
            x = conv(x)
            if self.norms:
                x = self.norms[index](x, training=training)
            x = (self.final_activation if index == last else self.activation)(x)
        if self.data_format == "channels_first":
            x = ops.transpose(x, _TO_FIRST)
        return self.drop(x, training=training)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_input_shape("MLPConv", input_shape, (4,))
        shape = self._subsampled(input_shape)
        for conv in self.convs:
            shape = conv.compute_output_shape(shape)
        return self._reordered(shape, _TO_FIRST)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in (
            "units",
            "kernel_size",
            "strides",
            "padding",
            "dilation_rate",
            "normalization",
            "dropout",
            "use_bias",
            "data_format",
        ):
            config[name] = getattr(self, name)
        for name in ("activation", "final_activation"):
            config[name] = keras.activations.serialize(getattr(self, name))
        for name in ("kernel_initializer", "bias_initializer"):
            config[name] = keras.initializers.serialize(getattr(self, name))
        for name in ("kernel_regularizer", "bias_regularizer"):
            config[name] = keras.regularizers.serialize(getattr(self, name))
        return config

    def _subsampled(self, input_shape: Shape) -> Shape:
        """Shape of the input of the first convolution, channels last."""
        shape = self._reordered(input_shape, _TO_LAST)
        return shape_of_every_nth(shape, self._step)

    def _reordered(self, shape: Shape, order: Sequence[int]) -> Shape:
        if self.data_format == "channels_last":
            return tuple(shape)
        return tuple(shape[axis] for axis in order)

    @property
    def _channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else 3


def _cloned(initializer: Initializer) -> Initializer:
    """Clone an initializer: with one seed, equal shapes get equal weights."""
    if isinstance(initializer, keras.initializers.Initializer):
        return initializer.clone()
    return initializer


def _check_units(units: object) -> None:
    if not isinstance(units, (tuple, list)) or not units:
        raise ValueError(
            "`units` must be a tuple of positive integers. "
            f"Received: units={units!r}"
        )
    for value in units:
        check_positive("units", value)


def _check_strides(strides: IntOrPair, dilation_rate: IntOrPair) -> None:
    stride = max(checked_pair("strides", strides))
    dilation = max(checked_pair("dilation_rate", dilation_rate))
    if stride > 1 and dilation > 1:
        raise ValueError(
            "`strides` and `dilation_rate` must not both be above 1. "
            f"Received: strides={strides!r}, dilation_rate={dilation_rate!r}"
        )
