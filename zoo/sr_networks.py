"""The two networks of `SRGenerator`, as functions on Keras tensors."""

import keras
import numpy as np
from keras import layers, ops

from convzoo.zoo.near_identity import NearIdentity


def residual(
    image,
    *,
    scale,
    filters,
    num_blocks,
    activation,
    normalization,
    anchor,
    head_kernel_size,
    dtype,
):
    """SRResNet."""

    def conv(x, filters, size=3):
        return layers.Conv2D(filters, size, padding="same", dtype=dtype)(x)

    def normalized(x):
        if normalization is None:
            return x
        return layers.BatchNormalization(dtype=dtype)(x)

    def activated(x):
        return _activation(activation, dtype)(x)

    x = first = activated(conv(image, filters, head_kernel_size))
    for _ in range(num_blocks):
        y = activated(normalized(conv(x, filters)))
        x = x + normalized(conv(y, filters))
    x = first + normalized(conv(x, filters))
    for factor in upsampling_factors(scale):
        x = ops.depth_to_space(conv(x, filters * factor**2), factor)
        x = activated(x)
    x = conv(x, 3, head_kernel_size)
    if anchor is not None:
        x = x + ops.depth_to_space(_anchor(image, anchor, scale), scale)
    return x


def plain(
    image,
    *,
    scale,
    filters,
    num_blocks,
    activation,
    anchor,
    head_kernel_size,
    dtype,
    **_,
):
    """A chain of convolutions at the size of the input.

    It starts as little more than its anchor, and with hidden layers that pass
    the image on; `benchmarks/first_weights.py` compares other first weights.
    """

    def conv(x, filters, size, initializer):
        return layers.Conv2D(
            filters,
            size,
            padding="same",
            kernel_initializer=initializer,
            dtype=dtype,
        )(x)

    x = conv(image, filters, head_kernel_size, "he_normal")
    x = _activation(activation, dtype)(x)
    for _ in range(num_blocks):
        x = conv(x, filters, 3, NearIdentity())
        x = _activation(activation, dtype)(x)
    x = conv(x, 3 * scale**2, 3, keras.initializers.VarianceScaling(0.01))
    if anchor is not None:
        x = x + _anchor(image, anchor, scale)
    return ops.depth_to_space(x, scale)


def _activation(name, dtype):
    if name == "relu":
        return layers.ReLU(dtype=dtype)
    return layers.PReLU(shared_axes=[1, 2], dtype=dtype)


def upsampling_factors(scale):
    """The steps by which a residual network enlarges."""
    return {2: (2,), 3: (3,), 4: (2, 2), 8: (2, 2, 2)}[scale]


def _anchor(image, kind, scale):
    """The enlarged input, in the channel order of `depth_to_space`."""
    if kind == "nearest":
        return ops.concatenate([image] * scale**2, axis=-1)
    # The border is repeated, as an interpolation that clamps its taps does.
    padded = ops.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "symmetric")
    return ops.conv(padded, _bilinear_kernel(scale), padding="valid")


def _bilinear_kernel(scale):
    """Bilinear enlargement as one convolution: (3, 3, 3, 3 * scale**2)."""
    shift = (np.arange(scale) + 0.5) / scale - 0.5
    taps = np.stack(
        [np.maximum(-shift, 0), 1 - np.abs(shift), np.maximum(shift, 0)]
    )
    kernel = np.einsum("yp,xq,cd->yxcpqd", taps, taps, np.eye(3))
    return kernel.reshape(3, 3, 3, 3 * scale**2).astype("float32")
