"""Discriminators for super-resolution.

Ledig et al. 2017, Photo-Realistic Single Image Super-Resolution Using a
Generative Adversarial Network, https://arxiv.org/abs/1609.04802, figure 4
(`network="vgg"`).

Wang et al. 2021, Real-ESRGAN: Training Real-World Blind Super-Resolution with
Pure Synthetic Data, https://arxiv.org/abs/2107.10833, section 3.3
(`network="unet"`, with `normalization="spectral"`).

What differs from the papers: global average pooling replaces the `Flatten` of
the first, which ties 18.9 million weights to one crop size; there is no final
sigmoid, since the losses take logits; both networks take images in [0, 1]. The
second crops its upsampled maps to the size of the skip connections, so sides
need not be multiples of 8.
"""

from collections.abc import Sequence
from typing import Any, get_args

import keras
from keras import layers, ops

from convzoo.common.checks import check_choice, check_positive
from convzoo.common.choices import (
    DiscriminatorNetwork,
    DiscriminatorNormalization,
)
from convzoo.common.types import Shape, Tensor
from convzoo.layers import SpectralConv2D

# Convolutions after the first one: the multiple of its filters, and the stride.
_VGG = ((1, 2), (2, 1), (2, 2), (4, 1), (4, 2), (8, 1), (8, 2))


@keras.saving.register_keras_serializable(package="convzoo")
class SRDiscriminator(keras.Model):
    """Classifies images of any height and width as real or generated.

    `network="vgg"` has eight convolutions, of which every second one halves the
    size, global average pooling and two dense layers. It outputs one logit per
    image. `network="unet"` halves the size three times and upsamples again with
    skip connections. It outputs one logit per pixel, which gives the generator
    local feedback.

    Args:
        filters: Number of output channels of the first convolution.
        network: `"vgg"` or `"unet"`.
        normalization: `"batch"`, which mixes the images of a batch and rules
            out a gradient penalty; `"spectral"`, see
            `convzoo.layers.SpectralConv2D`; or None.
        dtype: Dtype policy of the layers.
        **kwargs: Keyword arguments of `keras.Model`.

    Input shape: `(batch, height, width, 3)`, RGB in [0, 1].
    Output shape: Logits, `(batch, 1)`, or `(batch, height, width, 1)` for a
        U-Net.

    Raises:
        ValueError: If an argument has any other value.

    Example:

    >>> import numpy as np
    >>> from convzoo.zoo import SRDiscriminator
    >>> photographs = np.zeros((2, 50, 67, 3), "float32")
    >>> SRDiscriminator(filters=8)(photographs).shape
    TensorShape([2, 1])
    >>> unet = SRDiscriminator(8, network="unet", normalization="spectral")
    >>> unet(photographs).shape
    TensorShape([2, 50, 67, 1])
    """

    def __init__(
        self,
        filters: int = 64,
        network: DiscriminatorNetwork = "vgg",
        normalization: DiscriminatorNormalization | None = "batch",
        dtype: str | keras.DTypePolicy | None = None,
        **kwargs: Any,
    ) -> None:
        check_positive("filters", filters)
        check_choice("network", network, get_args(DiscriminatorNetwork))
        check_choice(
            "normalization",
            normalization,
            (None, *get_args(DiscriminatorNormalization)),
        )
        policy = keras.dtype_policies.get(dtype)
        image = keras.Input((None, None, 3), name="image")
        build = _vgg if network == "vgg" else _unet
        logits = build(image, filters, _Block(normalization, policy))
        super().__init__(image, logits, **kwargs)
        # A functional model does not keep the dtype policy of its layers.
        self._policy = policy
        self.filters = filters
        self.network = network
        self.normalization = normalization

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dtype": keras.dtype_policies.serialize(self._policy),
            "filters": self.filters,
            "network": self.network,
            "normalization": self.normalization,
        }


class _Block:
    """Convolution, normalisation and activation.

    Args:
        normalization: As in `SRDiscriminator`.
        dtype: Dtype policy of the layers.
    """

    def __init__(
        self,
        normalization: DiscriminatorNormalization | None,
        dtype: keras.DTypePolicy,
    ) -> None:
        self.normalization = normalization
        self.dtype = dtype

    def __call__(
        self, x: Tensor, filters: int, size: int = 3, strides: int = 1
    ) -> Tensor:
        is_batch = self.normalization == "batch"
        spectral = self.normalization == "spectral"
        convolution = SpectralConv2D if spectral else layers.Conv2D
        x = convolution(
            filters,
            size,
            strides,
            padding="same",
            use_bias=self.normalization is None,
            dtype=self.dtype,
        )(x)
        if is_batch:
            x = layers.BatchNormalization(dtype=self.dtype)(x)
        return self.activated(x)

    def plain(self, x: Tensor, filters: int) -> Tensor:
        """Convolution without normalisation, for the first and last layer."""
        return layers.Conv2D(filters, 3, padding="same", dtype=self.dtype)(x)

    def activated(self, x: Tensor) -> Tensor:
        return layers.LeakyReLU(negative_slope=0.2, dtype=self.dtype)(x)


def _vgg(image: Tensor, filters: int, block: _Block) -> Tensor:
    x = layers.Rescaling(2.0, -1.0, dtype=block.dtype)(image)
    x = block.activated(block.plain(x, filters))
    for factor, strides in _VGG:
        x = block(x, filters * factor, 3, strides)
    x = layers.GlobalAveragePooling2D(dtype=block.dtype)(x)
    x = block.activated(layers.Dense(16 * filters, dtype=block.dtype)(x))
    return layers.Dense(1, dtype="float32", name="logits")(x)


def _unet(image: Tensor, filters: int, block: _Block) -> Tensor:
    x = layers.Rescaling(2.0, -1.0, dtype=block.dtype)(image)
    x = block.activated(block.plain(x, filters))
    skips = []
    for factor in (2, 4, 8):
        skips.append(x)
        x = block(x, filters * factor, 4, 2)
    for factor in (4, 2, 1):
        x = Doubled(dtype=block.dtype)(x)
        skip = skips.pop()
        x = block(CropLike(dtype=block.dtype)([x, skip]), filters * factor)
        x = x + skip
    for _ in range(2):
        x = block(x, filters)
    return ops.cast(block.plain(x, 1), "float32")


@keras.saving.register_keras_serializable(package="convzoo")
class Doubled(layers.Layer):
    """Bilinear upsampling by 2; `UpSampling2D` requires known sizes."""

    def call(self, maps: Tensor) -> Tensor:
        maps = ops.pad(maps, [[0, 0], [1, 1], [1, 1], [0, 0]], "symmetric")
        middle, above, below = maps[:, 1:-1], maps[:, :-2], maps[:, 2:]
        parts = []
        for rows in (above, below):
            rows = 0.75 * middle + 0.25 * rows
            for columns in (rows[:, :, :-2], rows[:, :, 2:]):
                parts.append(0.75 * rows[:, :, 1:-1] + 0.25 * columns)
        return ops.depth_to_space(ops.concatenate(parts, axis=-1), 2)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, *sides, channels = input_shape
        return batch, *(side and 2 * side for side in sides), channels


@keras.saving.register_keras_serializable(package="convzoo")
class CropLike(layers.Layer):
    """Crops feature maps at the bottom and right to the size of others.

    Call arguments:
        inputs: List of the maps to crop, and the maps that have the target
            height and width.
    """

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        maps, others = inputs
        height, width = ops.shape(others)[1:3]
        return maps[:, :height, :width]

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        (batch, _, _, channels), (_, height, width, _) = input_shape
        return batch, height, width, channels
