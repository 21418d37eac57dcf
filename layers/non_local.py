"""Non-local block: attention over all positions.

Wang, Girshick, Gupta and He 2018, Non-local Neural Networks,
https://arxiv.org/abs/1711.07971, eq. 1 to 6.

What differs from the paper: memory in training is linear in the number of
positions, with exact results; the embedded Gaussian is scaled, as in the
authors' code but not in the text (`use_scale`); the final normalisation is
optional, since small batches train better without it; and a bias for pairs of
positions can be added before a softmax.
"""

import functools
import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

import keras
from keras import ops

import convzoo.layers.pairwise as pairwise
from convzoo.common.checks import (
    check_choice,
    check_flag,
    check_positive,
    is_integer,
)
from convzoo.common.types import Shape, Tensor
from convzoo.layers.input_checks import (
    check_input_shape,
    checked_channels,
    checked_data_format,
)
from convzoo.layers.interpreted import interpreted
from convzoo.layers.sub_sample import sub_sample, sub_sampled_length
from convzoo.layers.types import (
    DataFormat,
    Initializer,
    Normalization,
    Regularizer,
)

SoftmaxMode = Literal["embedded_gaussian", "gaussian"]
Mode = Literal[SoftmaxMode, "dot_product", "concatenation"]
SubSamplePosition = Literal["after", "before"]
# Up to this many positions the whole map is small, and faster than chunks.
_WHOLE = 2048
_CHUNK_SIZE = 256


@keras.saving.register_keras_serializable(package="convzoo")
class NonLocal(keras.layers.Layer):
    """Adds to each position a weighted mean over all positions.

    `outputs = inputs + out(mean over j of f(theta(x_i), phi(x_j)) * g(x_j))`,
    for sequences, images and videos. A new layer returns its inputs exactly, so
    it can be inserted into a trained network.

    | mode | f(i, j) | divided by | memory |
    |---|---|---|---|
    | `"embedded_gaussian"` | exp(theta_i . phi_j) | its sum | chunk * N |
    | `"gaussian"` | exp(x_i . x_j) | its sum | chunk * N |
    | `"dot_product"` | theta_i . phi_j | N | N |
    | `"concatenation"` | relu(w . [theta_i, phi_j]) | N | N |

    No mode forms the N x N map of all pairs, with which such layers run out of
    memory. The results equal those with the map, up to rounding: dot products
    are associative, the concatenation sorts, and the softmaxes process the
    queries in chunks, which the backward pass recomputes.

    Args:
        mode: Pairwise function f, see the table.
        reduction: Ratio of the input channels to the embedded channels, of
            which there is at least one.
        use_scale: Whether to divide the products of the embedded Gaussian by
            the square root of the number of embedded channels.
        sub_sample: Window of max pooling for keys and values. An int pools rows
            and columns (not the frames of a video), or the positions of a
            sequence; a tuple has one entry per axis; None disables pooling.
        sub_sample_position: Whether to pool `"after"` phi and g, or `"before"`
            them. Published weights exist for both.
        normalization: `"batch"` adds a `BatchNormalization` after `out`, whose
            scale starts at zero. With None, `out` itself starts at zero.
        chunk_size: Number of queries in a chunk of a softmax. `"auto"` means
            256 above 2,048 positions, and a single chunk below. None always
            means a single chunk. Outside training, TensorFlow's graph is
            unrolled for LiteRT, into at most 32 chunks, or 16 if the number of
            positions is unknown; memory is then N * N / 16.
        return_attention: Whether to return the map of all pairs as well. It
            takes the memory that the layer otherwise saves.
        data_format: `"channels_last"` or `"channels_first"`. None for the
            default of the Keras configuration.
        kernel_initializer, bias_initializer: Initializers of theta, phi, g and
            `concat_kernel`, and of `out` with `normalization="batch"`.
        kernel_regularizer, bias_regularizer: Regularizers of theta, phi, g and
            out.

    Call arguments:
        inputs: Features.
        training: Whether to normalise by statistics of the batch, and whether a
            backward pass follows. If True, chunks run in a loop, and on
            TensorFlow second-order gradients are unavailable: for a gradient
            penalty, leave it False.
        mask: Boolean mask of valid positions, `(batch, positions)` in raster
            order, or None. Other positions are never attended to, but attend to
            the valid ones. If no position is valid, the softmaxes weight all
            equally, and the mean of the other modes is 0.
        bias: Bias of the products of queries and keys before a softmax,
            `(batch, positions, keys)`, or None. It encodes relations between
            positions, such as distances, and is as large as the map of all
            pairs. Without `sub_sample` there are as many keys as positions.

    Input shape:
        `(batch, length, channels)`, `(batch, rows, columns, channels)` or
        `(batch, frames, rows, columns, channels)`, or with the channels second
        and `data_format="channels_first"`. All but the channels may be unknown.

    Output shape:
        That of the input. With `return_attention`, a pair: the outputs, and the
        map `(batch, positions, keys)`, positions in raster order.

    Weights:
        theta, phi, g: Layers `(channels, inner)`, each with `kernel` and
            `bias`. theta and phi are None with `mode="gaussian"`.
        concat_kernel: w of the concatenation, `(2 * inner,)`, else None.
        out: Layer `(inner, channels)`.
        norm: Batch normalisation, or None.

    Raises:
        ValueError: An argument is not as described; `sub_sample` is a tuple and
            the input has another number of axes; the input is not of rank 3, 4
            or 5 or its channels are unknown; a `mask` comes with `sub_sample`,
            which pools valid and other positions together; or a `bias` has the
            wrong shape or comes with a mode without a softmax.

    Example:

    >>> import numpy as np
    >>> from convzoo.layers import NonLocal
    >>> layer = NonLocal(mode="dot_product")
    >>> image = np.random.rand(1, 30, 41, 16).astype("float32")
    >>> bool(np.array_equal(layer(image), image))
    True
    >>> tuple(layer.theta.kernel.shape)
    (16, 8)
    """

    def __init__(
        self,
        mode: Mode = "embedded_gaussian",
        reduction: int = 2,
        use_scale: bool = True,
        sub_sample: int | tuple[int, ...] | None = None,
        sub_sample_position: SubSamplePosition = "after",
        normalization: Normalization = None,
        chunk_size: int | Literal["auto"] | None = "auto",
        return_attention: bool = False,
        data_format: DataFormat | None = None,
        kernel_initializer: Initializer = "glorot_uniform",
        bias_initializer: Initializer = "zeros",
        kernel_regularizer: Regularizer = None,
        bias_regularizer: Regularizer = None,
        **kwargs: Any,
    ) -> None:
        check_choice("mode", mode, get_args(Mode))
        check_positive("reduction", reduction)
        check_flag("use_scale", use_scale)
        _check_sub_sample(sub_sample)
        check_choice(
            "sub_sample_position",
            sub_sample_position,
            get_args(SubSamplePosition),
        )
        check_choice("normalization", normalization, get_args(Normalization))
        if chunk_size not in ("auto", None):
            check_positive("chunk_size", chunk_size)
        check_flag("return_attention", return_attention)
        data_format = checked_data_format(data_format)
        super().__init__(**kwargs)
        self.mode = mode
        self.reduction = reduction
        self.use_scale = use_scale
        self.sub_sample = sub_sample
        self.sub_sample_position = sub_sample_position
        self.normalization = normalization
        self.chunk_size = chunk_size
        self.return_attention = return_attention
        self.data_format = data_format
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
        self.supports_masking = True
        self.theta: keras.layers.Dense | None = None
        self.phi: keras.layers.Dense | None = None
        self.concat_kernel: keras.Variable | None = None
        self.norm: keras.layers.BatchNormalization | None = None

    def build(self, input_shape: Shape) -> None:
        channels = self._checked_channels(input_shape)
        inner = max(channels // self.reduction, 1)
        self.g = self._dense("g", inner, channels)
        if self.mode != "gaussian":
            self.theta = self._dense("theta", inner, channels)
            self.phi = self._dense("phi", inner, channels)
        if self.mode == "concatenation":
            self.concat_kernel = self.add_weight(
                name="concat_kernel",
                shape=(2 * inner,),
                initializer=self.kernel_initializer,
            )
        if self.normalization is None:
            self.out = self._dense("out", channels, inner, zeros=True)
        else:
            self.out = self._dense("out", channels, inner)
            self.norm = keras.layers.BatchNormalization(
                gamma_initializer="zeros", dtype=self.dtype_policy, name="norm"
            )
            self.norm.build((input_shape[0], None, channels))

    def call(
        self,
        inputs: Tensor,
        training: bool = False,
        mask: Tensor | None = None,
        bias: Tensor | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        if mask is not None and self.sub_sample is not None:
            raise ValueError(
                "`mask` must be None with `sub_sample`. "
                f"Received: sub_sample={self.sub_sample}"
            )
        check_input_shape("NonLocal", inputs.shape, (3, 4, 5))
        x = inputs
        if self.data_format == "channels_first":
            x = ops.moveaxis(x, 1, -1)
        shape = ops.shape(x)
        flat = ops.reshape(x, (-1, math.prod(shape[1:-1]), shape[-1]))
        queries, keys, values = self._embedded(flat, shape)
        if mask is not None:
            mask = ops.cast(ops.expand_dims(mask, 2), values.dtype)
        if bias is not None:
            self._check_bias(bias, (queries.shape[1], keys.shape[1]))
            bias = ops.cast(bias, values.dtype)
        mean, attention = self._mean(
            queries, keys, values, mask, bias, training
        )
        mean = self.out(ops.cast(mean, flat.dtype))
        if self.norm is not None:
            mean = self.norm(mean, training=training)
        outputs = x + ops.reshape(mean, shape)
        if self.data_format == "channels_first":
            outputs = ops.moveaxis(outputs, -1, 1)
        if self.return_attention:
            return outputs, ops.cast(attention, outputs.dtype)
        return outputs

    def _embedded(
        self, flat: Tensor, shape: tuple[int | Tensor, ...]
    ) -> list[Tensor]:
        """Compute queries, keys and values, in at least float32."""
        source = flat
        if self.sub_sample_position == "before":
            source = self._sub_sampled(flat, shape)
        queries = flat if self.theta is None else self.theta(flat)
        keys = source if self.phi is None else self.phi(source)
        values = self.g(source)
        if self.sub_sample_position == "after":
            keys = self._sub_sampled(keys, shape)
            values = self._sub_sampled(values, shape)
        return [_at_least_float32(t) for t in (queries, keys, values)]

    def _sub_sampled(
        self, flat: Tensor, shape: tuple[int | Tensor, ...]
    ) -> Tensor:
        if self.sub_sample is None:
            return flat
        channels = flat.shape[-1]
        x = ops.reshape(flat, (-1, *shape[1:-1], channels))
        x = sub_sample(x, self._factors(len(shape) - 2))
        return ops.reshape(x, (-1, math.prod(ops.shape(x)[1:-1]), channels))

    def _mean(
        self,
        queries: Tensor,
        keys: Tensor,
        values: Tensor,
        mask: Tensor | None,
        bias: Tensor | None,
        training: bool,
    ) -> tuple[Tensor, Tensor | None]:
        """Compute the mean at each position, and the map if it is returned."""
        if self.mode == "dot_product":
            mean, whole = pairwise.dot_product_mean, pairwise.dot_product_map
        elif self.mode == "concatenation":
            mean, whole = pairwise.relu_sum_mean, pairwise.relu_sum_map
            kernel = ops.expand_dims(
                ops.cast(self.concat_kernel, keys.dtype), 1
            )
            inner = keys.shape[-1]
            queries = ops.matmul(queries, kernel[:inner])
            keys = ops.matmul(keys, kernel[inner:])
        else:
            mean = pairwise.softmax_mean
            whole = functools.partial(pairwise.softmax_map, bias=bias)
            if self.mode == "embedded_gaussian" and self.use_scale:
                queries = queries / math.sqrt(queries.shape[-1])
            if mask is not None:
                queries, keys = pairwise.masked(queries, keys, mask)
                mask = None
        weights = None if mask is None else pairwise.mean_weights(mask)
        if self.return_attention:
            attention = whole(queries, keys)
            if weights is not None:
                attention = attention * ops.transpose(weights, (0, 2, 1))
            return ops.matmul(attention, values), attention
        if weights is not None:
            values = values * weights
        if mean is pairwise.softmax_mean:
            length = self._chunk_length(ops.shape(queries)[1])
            return mean(queries, keys, values, length, training, bias), None
        return mean(queries, keys, values), None

    def _check_bias(self, bias: Tensor, pairs: Shape) -> None:
        if self.mode not in get_args(SoftmaxMode):
            raise ValueError(
                f"`bias` must be None with mode={self.mode!r}, which has no "
                f"softmax. Received: shape {tuple(bias.shape)}"
            )
        if len(bias.shape) != 3 or any(
            None not in (size, wanted) and size != wanted
            for size, wanted in zip(bias.shape[1:], pairs, strict=True)
        ):
            raise ValueError(
                "`bias` must have shape (batch, positions, keys), here "
                f"(batch, {pairs[0]}, {pairs[1]}). "
                f"Received: {tuple(bias.shape)}"
            )

    def _chunk_length(self, count: int | Tensor) -> int | None:
        if self.chunk_size != "auto":
            return self.chunk_size
        small = isinstance(count, int) and count <= _WHOLE
        return None if small else _CHUNK_SIZE

    def compute_output_shape(
        self, input_shape: Shape
    ) -> Shape | tuple[Shape, Shape]:
        self._checked_channels(input_shape)
        if not self.return_attention:
            return tuple(input_shape)
        axes = self._spatial(input_shape)
        factors = self._factors(len(axes))
        keys = [
            sub_sampled_length(n, f) for n, f in zip(axes, factors, strict=True)
        ]
        attention = (input_shape[0], _product(axes), _product(keys))
        return tuple(input_shape), attention

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in (
            "mode",
            "reduction",
            "use_scale",
            "sub_sample",
            "sub_sample_position",
            "normalization",
            "chunk_size",
            "return_attention",
            "data_format",
        ):
            config[name] = getattr(self, name)
        for name in ("kernel_initializer", "bias_initializer"):
            config[name] = keras.initializers.serialize(getattr(self, name))
        for name in ("kernel_regularizer", "bias_regularizer"):
            config[name] = keras.regularizers.serialize(getattr(self, name))
        return config

    def _dense(
        self, name: str, units: int, channels: int, zeros: bool = False
    ) -> keras.layers.Dense:
        """Create a 1x1 convolution: a dense layer on flattened positions."""
        layer = keras.layers.Dense(
            units,
            name=name,
            dtype=self.dtype_policy,
            kernel_initializer="zeros" if zeros else self.kernel_initializer,
            bias_initializer="zeros" if zeros else self.bias_initializer,
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
        )
        layer.build((None, None, channels))
        return layer

    def _factors(self, rank: int) -> tuple[int, ...]:
        """Return the pooling window along each axis."""
        if self.sub_sample is None:
            return (1,) * rank
        if isinstance(self.sub_sample, (tuple, list)):
            return tuple(self.sub_sample)
        frames = (1,) if rank == 3 else ()
        return (*frames, *[self.sub_sample] * min(rank, 2))

    def _checked_channels(self, input_shape: Shape) -> int:
        check_input_shape("NonLocal", input_shape, (3, 4, 5))
        axes = len(input_shape) - 2
        if len(self._factors(axes)) != axes:
            raise ValueError(
                f"`sub_sample` must be an int or have {axes} entries. "
                f"Received: sub_sample={self.sub_sample}, "
                f"input_shape={tuple(input_shape)}"
            )
        axis = 1 if self.data_format == "channels_first" else -1
        return checked_channels("NonLocal", input_shape, axis)

    def _spatial(self, shape: Shape) -> Shape:
        return (
            shape[2:] if self.data_format == "channels_first" else shape[1:-1]
        )


def _check_sub_sample(value: object) -> None:
    if value is None:
        return
    entries = [value] if is_integer(value) else value
    if not isinstance(entries, (tuple, list)) or not 1 <= len(entries) <= 3:
        raise ValueError(
            "`sub_sample` must be None, an integer or a tuple of 1 to 3 "
            f"integers. Received: sub_sample={value!r}"
        )
    for entry in entries:
        check_positive("sub_sample", entry)


def _at_least_float32(tensor: Tensor) -> Tensor:
    if keras.backend.standardize_dtype(tensor.dtype) == "float64":
        return tensor
    return ops.cast(tensor, "float32")


def _product(lengths: Sequence[int | None]) -> int | None:
    known = [length for length in lengths if length is not None]
    return math.prod(known) if len(known) == len(lengths) else None
