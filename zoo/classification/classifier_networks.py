"""Backbones of `SizeAgnosticClassifier`, as lists of units."""

from typing import TypeAlias

import keras
from keras import layers

from convzoo.layers import MLPConv
from convzoo.zoo.classification.conv_unit import ConvUnit
from convzoo.zoo.classification.residual_unit import ResidualUnit

Unit: TypeAlias = ConvUnit | ResidualUnit


def residual(width: int, dtype: keras.DTypePolicy) -> list[Unit]:
    """A convolution and three stages of two residual units each.

    Each stage halves the size; the second and third double the channels.
    """
    units: list[Unit] = [_convolution(width, 1, dtype)]
    for stage in range(3):
        filters = width * 2**stage
        units.append(ResidualUnit(filters, 2, dtype=dtype))
        units.append(ResidualUnit(filters, 1, dtype=dtype))
    return units


def network_in_network(width: int, dtype: keras.DTypePolicy) -> list[Unit]:
    """Chain of MLP convolutions (Lin et al. 2013), with strides for pooling."""
    return [
        _mlp_convolution(width * 2**stage, strides, dtype)
        for stage, strides in _STAGES
    ]


def plain(width: int, dtype: keras.DTypePolicy) -> list[Unit]:
    """Like `network_in_network`, with single convolutions."""
    return [
        _convolution(width * 2**stage, strides, dtype)
        for stage, strides in _STAGES
    ]


# Stages of the chains: the log2 of the channel multiplier, and the stride.
_STAGES = ((0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2))


def _convolution(
    filters: int, strides: int, dtype: keras.DTypePolicy
) -> ConvUnit:
    conv = layers.Conv2D(
        filters,
        3,
        strides,
        use_bias=False,
        kernel_initializer="he_normal",
        dtype=dtype,
    )
    return ConvUnit(conv, dtype=dtype)


def _mlp_convolution(
    filters: int, strides: int, dtype: keras.DTypePolicy
) -> ConvUnit:
    conv = MLPConv(
        (filters, filters, filters),
        3,
        strides,
        padding="valid",
        final_activation=None,
        kernel_initializer="he_normal",
        dtype=dtype,
    )
    return ConvUnit(conv, dtype=dtype)
