"""First weights of a plain network that let it learn from the first step.

Zagoruyko and Komodakis 2017, DiracNets: Training Very Deep Neural Networks
Without Skip-Connections, https://arxiv.org/abs/1706.00388.

What differs from the paper: the identity is in the first weights only, not a
separate term, so that the network stays a plain chain of convolutions.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.types import Tensor


@keras.saving.register_keras_serializable(package="convzoo")
class NearIdentity(keras.initializers.Initializer):
    """A convolution kernel that copies its input, and adds noise.

    Channel `i` of the output starts as channel `i` of the input, as far as both
    exist, plus He-normal noise. In a chain of convolutions and ReLUs the image
    then reaches the last layer, and its gradient the first.

    Args:
        noise: standard deviation, as a fraction of He et al. 2015.
        seed: of the noise; an integer, a `keras.random.SeedGenerator` or None.

    Raises:
        ValueError: `noise` is negative, or the kernel's shape is not `(height,
            width, in_channels, out_channels)` with odd sides.

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
