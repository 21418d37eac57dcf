"""A convolutional network with a choice of receptive fields."""

from typing import Any

import keras
from keras import layers

from convzoo.common.choices import Spatial
from convzoo.common.types import Shape, Tensor
from convzoo.layers import DeformableConv2D, NonLocal

_DEPTH = 4
_DILATIONS = (1, 2, 4, 8)


class SpatialNetwork(keras.layers.Layer):
    """A convolution and four residual units of two convolutions.

    Args:
        channels: Number of input channels.
        width: Number of channels if `spatial="plain"`. Other networks have
            fewer channels, to match its number of parameters.
        spatial: Receptive field. `"plain"`: each unit adds two rows and
            columns on each side; `"dilated"`: the first convolutions of the
            units have dilation rates 1, 2, 4 and 8; `"deformable"`: the first
            convolutions are deformable; `"non_local"`: non-local blocks after
            the second and the last unit; `"all"`: dilation rates 2 and 4 in the
            first two units, deformable convolutions in the last two, and the
            non-local blocks.
        **kwargs: Arguments of `keras.layers.Layer`.
    """

    def __init__(
        self,
        channels: int,
        width: int,
        spatial: Spatial = "plain",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        policy = self.dtype_policy
        width = _width_like_plain(channels, width, spatial)
        self.width = width
        self.enter = layers.Conv2D(width, 3, padding="same", dtype=policy)
        self.units = [
            _Unit(width, kind, dtype=policy) for kind in _kinds(spatial)
        ]
        self.looks = {
            str(index): NonLocal(dtype=policy) for index in _looks(spatial)
        }

    def build(self, shape: Shape) -> None:
        self.enter.build(shape)
        shape = (*shape[:3], self.width)
        for unit in self.units:
            unit.build(shape)
        for look in self.looks.values():
            look.build(shape)

    def call(self, maps: Tensor, training: bool = False) -> Tensor:
        x = self.enter(maps)
        for index, unit in enumerate(self.units):
            x = unit(x)
            if str(index) in self.looks:
                x = self.looks[str(index)](x, training=training)
        return x

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (*shape[:3], self.width)


class _Unit(keras.layers.Layer):
    def __init__(self, width: int, kind: int | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        policy = self.dtype_policy
        self.norm = layers.LayerNormalization(dtype=policy)
        if kind == "deformable":
            self.first = DeformableConv2D(
                width, 3, padding="same", dtype=policy
            )
        else:
            self.first = layers.Conv2D(
                width, 3, padding="same", dilation_rate=kind, dtype=policy
            )
        self.second = layers.Conv2D(
            width,
            3,
            padding="same",
            kernel_initializer="zeros",
            dtype=policy,
        )

    def build(self, shape: Shape) -> None:
        for part in (self.norm, self.first, self.second):
            part.build(shape)

    def call(self, x: Tensor) -> Tensor:
        return x + self.second(keras.activations.gelu(self.first(self.norm(x))))


def _width_like_plain(channels: int, width: int, spatial: Spatial) -> int:
    """The width that best matches the parameters of the plain network."""
    aim = _parameters(channels, width, "plain")
    return min(
        range(1, width + 1),
        key=lambda other: abs(_parameters(channels, other, spatial) - aim),
    )


def _parameters(channels: int, width: int, spatial: Spatial) -> int:
    """Number of parameters."""
    conv = 9 * width**2 + width
    total = 9 * channels * width + width + _DEPTH * (2 * width + 2 * conv)
    offsets = (9 * width + 1) * 27
    total += offsets * _kinds(spatial).count("deformable")
    inner = width // 2
    look = 3 * (width + 1) * inner + (inner + 1) * width
    return total + look * len(_looks(spatial))


def _looks(spatial: Spatial) -> tuple[int, ...]:
    """Indices of the units before non-local blocks."""
    return (1, _DEPTH - 1) if spatial in ("non_local", "all") else ()


def _kinds(spatial: Spatial) -> tuple[int | str, ...]:
    """First convolution of each unit: a dilation rate, or `"deformable"`."""
    if spatial == "dilated":
        return _DILATIONS
    if spatial == "deformable":
        return ("deformable",) * _DEPTH
    if spatial == "all":
        return (2, 4, "deformable", "deformable")
    return (1,) * _DEPTH
