"""Near-identity initializer for plain convolutional networks.

Zagoruyko and Komodakis 2017, DiracNets: Training Very Deep Neural Networks
Without Skip-Connections, https://arxiv.org/abs/1706.00388.

What differs from the paper: the identity is part of the initial weights only,
not a separate term, so the network remains a plain chain of convolutions.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.types import Tensor


@keras.saving.register_keras_serializable(package="convzoo")
class NearIdentity(keras.initializers.Initializer):
    """Initializer of convolution kernels that copy their input, plus noise.

    Output channel `i` starts as input channel `i`, where both exist, plus
    He-normal noise. In a chain of convolutions and ReLUs, the image then
    reaches the last layer, and its gradient the first, from the first step.

    Args:
        noise: Standard deviation of the noise, as a fraction of that of
            He et al. 2015.
        seed: Seed of the noise: an integer, a `keras.random.SeedGenerator` or
            None.

    Raises:
        ValueError: If `noise` is negative, or the kernel's shape is not
            `(height, width, in_channels, out_channels)` with odd sides.

    Example:

    >>> import keras
    >>> from convzoo.zoo.super_resolution.near_identity import NearIdentity
    >>> NearIdentity(noise=0.0)((3, 3, 8, 8)).shape
    TensorShape([3, 3, 8, 8])
    """

    def __init__(
        self,
        noise: float = 0.3,
        seed: int | keras.random.SeedGenerator | None = None,
    ) -> None:
        if noise < 0:
            raise ValueError(
                f"`noise` must not be negative. Received: noise={noise}"
            )
        self.noise = noise
        self._he_normal = keras.initializers.HeNormal(seed)
        self.seed = self._he_normal.seed

    def __call__(
        self, shape: tuple[int, ...], dtype: str | None = None
    ) -> Tensor:
        if len(shape) != 4 or shape[0] % 2 == 0 or shape[1] % 2 == 0:
            raise ValueError(
                "The kernel must have shape (height, width, in_channels, "
                f"out_channels) with odd sides. Received: shape={shape}"
            )
        top, left = shape[0] // 2, shape[1] // 2
        identity = ops.reshape(
            ops.eye(*shape[2:], dtype=dtype), (1, 1, *shape[2:])
        )
        identity = ops.pad(identity, [[top, top], [left, left], [0, 0], [0, 0]])
        return identity + self.noise * self._he_normal(shape, dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            "noise": self.noise,
            "seed": keras.saving.serialize_keras_object(self.seed),
        }
