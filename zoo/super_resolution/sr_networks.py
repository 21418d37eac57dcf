"""Architectures of `SRGenerator`, as functions on Keras tensors."""

import functools
from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from convzoo.common.choices import SRScale
from convzoo.common.types import Tensor
from convzoo.zoo.super_resolution.near_identity import NearIdentity

Block = Literal["residual", "rrdb", "plain"]
Activation = Literal["prelu", "relu", "leaky_relu"]
Normalization = Literal["batch"]
Attention = Literal["pixel"]
Upsampling = Literal["stepwise", "direct"]
Anchor = Literal["nearest", "bilinear"]

# Dense blocks: channels added by each convolution, and the factor of the
# residual branch (Wang et al. 2018).
_GROWTH = 32
_RESIDUAL_SCALE = 0.2


def residual(
    image: Tensor,
    *,
    scale: SRScale,
    filters: int,
    num_blocks: int,
    activation: Activation,
    normalization: Normalization | None,
    attention: Attention | None,
    upsampling: Upsampling | None,
    anchor: Anchor | None,
    head_kernel_size: int,
    dtype: keras.DTypePolicy,
) -> Tensor:
    """SRResNet, with an optional anchor."""
    conv = functools.partial(_conv, dtype=dtype)
    activated = functools.partial(_activated, name=activation, dtype=dtype)

    def in_block(x: Tensor) -> Tensor:
        if normalization is None:
            return conv(x, filters, 3, _small())
        return layers.BatchNormalization(dtype=dtype)(conv(x, filters))

    def attended(x: Tensor) -> Tensor:
        if attention is None:
            return x
        gate = layers.Activation("sigmoid", dtype=dtype)(conv(x, filters, 1))
        return x * gate

    x = first = activated(conv(image, filters, head_kernel_size))
    for _ in range(num_blocks):
        x = x + attended(in_block(activated(in_block(x))))
    x = first + in_block(x)
    if upsampling == "direct":
        return _with_anchor(_last(x, scale, dtype), image, anchor, scale)
    for factor in upsampling_factors(scale):
        x = ops.depth_to_space(conv(x, filters * factor**2), factor)
        x = activated(x)
    x = conv(x, 3, head_kernel_size)
    return _with_enlarged_anchor(x, image, anchor, scale)


def rrdb(
    image: Tensor,
    *,
    scale: SRScale,
    filters: int,
    num_blocks: int,
    activation: Activation,
    upsampling: Upsampling | None,
    anchor: Anchor | None,
    head_kernel_size: int,
    dtype: keras.DTypePolicy,
    **unused: Any,
) -> Tensor:
    """ESRGAN's generator: residual blocks of three dense blocks each."""
    conv = functools.partial(_conv, dtype=dtype)
    activated = functools.partial(_activated, name=activation, dtype=dtype)

    def dense(x: Tensor) -> Tensor:
        maps = x
        for _ in range(4):
            grown = activated(conv(maps, _GROWTH, 3, _small()))
            maps = ops.concatenate([maps, grown], axis=-1)
        return x + _RESIDUAL_SCALE * conv(maps, filters, 3, _small())

    x = first = conv(image, filters, head_kernel_size)
    for _ in range(num_blocks):
        x = x + _RESIDUAL_SCALE * dense(dense(dense(x)))
    x = first + conv(x, filters)
    if upsampling == "direct":
        return _with_anchor(_last(x, scale, dtype), image, anchor, scale)
    for factor in upsampling_factors(scale):
        x = ops.depth_to_space(_nearest(x, factor), factor)
        x = activated(conv(x, filters))
    x = conv(activated(conv(x, filters)), 3, head_kernel_size)
    return _with_enlarged_anchor(x, image, anchor, scale)


def plain(
    image: Tensor,
    *,
    scale: SRScale,
    filters: int,
    num_blocks: int,
    activation: Activation,
    anchor: Anchor | None,
    head_kernel_size: int,
    dtype: keras.DTypePolicy,
    **unused: Any,
) -> Tensor:
    """Chain of convolutions at the size of the input.

    The initial output is close to the anchor, and the hidden layers start near
    the identity; `benchmarks/first_weights.py` compares other initializers.
    """
    x = _conv(image, filters, head_kernel_size, "he_normal", dtype=dtype)
    x = _activated(x, activation, dtype)
    for _ in range(num_blocks):
        x = _conv(x, filters, 3, NearIdentity(), dtype=dtype)
        x = _activated(x, activation, dtype)
    return _with_anchor(_last(x, scale, dtype), image, anchor, scale)


def upsampling_factors(scale: SRScale) -> tuple[int, ...]:
    """Upsampling factors of the steps of a stepwise network."""
    return {2: (2,), 3: (3,), 4: (2, 2), 8: (2, 2, 2)}[scale]


def _conv(
    x: Tensor,
    filters: int,
    size: int = 3,
    initializer: str | keras.initializers.Initializer = "glorot_uniform",
    *,
    dtype: keras.DTypePolicy,
) -> Tensor:
    return layers.Conv2D(
        filters,
        size,
        padding="same",
        kernel_initializer=initializer,
        dtype=dtype,
    )(x)


def _small() -> keras.initializers.Initializer:
    """Initializer at a tenth of the scale of He et al. 2015.

    Blocks without normalisation start close to the identity, so that deep
    networks learn from the first step.
    """
    return keras.initializers.VarianceScaling(0.02, distribution="normal")


def _last(x: Tensor, scale: SRScale, dtype: keras.DTypePolicy) -> Tensor:
    """Convolution to all sub-pixels of the image, initially close to 0."""
    initializer = keras.initializers.VarianceScaling(0.01)
    return _conv(x, 3 * scale**2, 3, initializer, dtype=dtype)


def _activated(x: Tensor, name: Activation, dtype: keras.DTypePolicy) -> Tensor:
    if name == "relu":
        return layers.ReLU(dtype=dtype)(x)
    if name == "leaky_relu":
        return layers.LeakyReLU(negative_slope=0.2, dtype=dtype)(x)
    return layers.PReLU(shared_axes=[1, 2], dtype=dtype)(x)


def _with_anchor(
    x: Tensor, image: Tensor, anchor: Anchor | None, scale: SRScale
) -> Tensor:
    """Add the anchor to the sub-pixels, and rearrange them to an image.

    The sum is in float32, the dtype of the input, for any dtype policy:
    half precision would round the 256 levels of an 8-bit image.
    """
    x = ops.cast(x, image.dtype)
    if anchor is not None:
        x = x + _anchor(image, anchor, scale)
    return ops.depth_to_space(x, scale)


def _with_enlarged_anchor(
    x: Tensor, image: Tensor, anchor: Anchor | None, scale: SRScale
) -> Tensor:
    """Add the upsampled anchor to an image, in float32 as in `_with_anchor`."""
    x = ops.cast(x, image.dtype)
    if anchor is None:
        return x
    return x + ops.depth_to_space(_anchor(image, anchor, scale), scale)


def _anchor(image: Tensor, kind: Anchor, scale: SRScale) -> Tensor:
    """Upsampled input, in the channel order of `depth_to_space`."""
    if kind == "nearest":
        return _nearest(image, scale)
    # Repeat the border, as interpolation with clamped coordinates does.
    padded = ops.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "symmetric")
    return ops.conv(padded, _bilinear_kernel(scale), padding="valid")


def _nearest(maps: Tensor, scale: int) -> Tensor:
    return ops.concatenate([maps] * scale**2, axis=-1)


def _bilinear_kernel(scale: SRScale) -> np.ndarray:
    """Kernel of bilinear upsampling: `(3, 3, 3, 3 * scale**2)`."""
    shift = (np.arange(scale) + 0.5) / scale - 0.5
    taps = np.stack(
        [np.maximum(-shift, 0), 1 - np.abs(shift), np.maximum(shift, 0)]
    )
    kernel = np.einsum("yp,xq,cd->yxcpqd", taps, taps, np.eye(3))
    return kernel.reshape(3, 3, 3, 3 * scale**2).astype("float32")
