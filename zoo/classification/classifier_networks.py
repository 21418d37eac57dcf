"""The networks of `SizeAgnosticClassifier`, as lists of units."""

from keras import layers

from convzoo.layers import MLPConv
from convzoo.zoo.classification.conv_unit import ConvUnit
from convzoo.zoo.classification.residual_unit import ResidualUnit


def residual(width, dtype):
    """A convolution, and three stages of two residual units each, which halve
    the sides and double the channels.
    """
    units = [_convolution(width, 1, dtype)]
    for stage in range(3):
        filters = width * 2**stage
        units.append(ResidualUnit(filters, 2, dtype=dtype))
        units.append(ResidualUnit(filters, 1, dtype=dtype))
    return units


def network_in_network(width, dtype):
    """Lin et al.'s chain of MLP convolutions, with strides for its pooling."""
    return [
        _mlp_convolution(width * 2**stage, strides, dtype)
        for stage, strides in _STAGES
    ]


def plain(width, dtype):
    """`network_in_network` with a convolution for each MLP convolution."""
    return [
        _convolution(width * 2**stage, strides, dtype)
        for stage, strides in _STAGES
    ]


# Of the chains: the power of two by which the channels grow, and the stride.
_STAGES = ((0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2))


def _convolution(filters, strides, dtype):
    conv = layers.Conv2D(
        filters,
        3,
        strides,
        use_bias=False,
        kernel_initializer="he_normal",
        dtype=dtype,
    )
    return ConvUnit(conv, dtype=dtype)


def _mlp_convolution(filters, strides, dtype):
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
