"""Classification networks whose features the losses compare.

VGG: Simonyan and Zisserman 2014, Very Deep Convolutional Networks for
Large-Scale Image Recognition, https://arxiv.org/abs/1409.1556. AlexNet:
Krizhevsky 2014, One weird trick for parallelizing convolutional neural
networks, https://arxiv.org/abs/1404.5997. SqueezeNet: Iandola et al. 2016,
SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model
size, https://arxiv.org/abs/1602.07360.

What differs from the papers: classifiers are left out. AlexNet is
torchvision's, and SqueezeNet is version 1.1, which its authors published later.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import keras

from convzoo.common.types import Tensor

Network = Literal["vgg16", "vgg19", "alexnet", "squeezenet"]


class Convolution(NamedTuple):
    """A convolution and its ReLU.

    Attributes:
        name: Name of the layer.
        torch_name: Name of its weights in torchvision's files.
        kernel: Rows and columns of the kernel.
        channels: Number of input channels.
        filters: Number of output channels.
        stride: Stride in both directions.
        padding: Pixels on each side. None keeps the size at a stride of 1.
    """

    name: str
    torch_name: str
    kernel: int
    channels: int
    filters: int
    stride: int = 1
    padding: int | None = None


class Pool(NamedTuple):
    """Max pooling of windows of `size` x `size` pixels with a stride of 2.

    Attributes:
        name: Name of the layer.
        size: Side of the window.
        fill: Pixels of padding below and to the right. With windows of three,
            one rounds their number up, as in SqueezeNet; where they fit
            exactly, the padding is unused.
    """

    name: str
    size: int
    fill: int = 0


class Fire(NamedTuple):
    """A fire module of SqueezeNet: one convolution, then two in parallel."""

    name: str
    squeeze: Convolution
    expand1x1: Convolution
    expand3x3: Convolution


Part: TypeAlias = Convolution | Pool | Fire


def trunk_layer_names(network: Network) -> list[str]:
    """Return the names of all layers of a network, in order."""
    return [name for part in TRUNKS[network] for name in _names(part)]


def trunk_convolutions(
    network: Network, layers: Sequence[str] | None = None
) -> Iterator[Convolution]:
    """Yield each `Convolution` that some layers need, in order."""
    for part in parts_until(network, layers):
        if isinstance(part, Fire):
            yield from part[1:]
        elif isinstance(part, Convolution):
            yield part


def parts_until(
    network: Network, layers: Sequence[str] | None = None
) -> list[Part]:
    """Return the parts that some layers need, or all parts for None."""
    parts = TRUNKS[network]
    if layers is None:
        return parts
    needed = [bool(set(_names(part)) & set(layers)) for part in parts]
    return [part for index, part in enumerate(parts) if any(needed[index:])]


def smallest_side(network: Network, layers: Sequence[str]) -> int:
    """Smallest image side for one position in the deepest layer."""
    side = 1
    for part in reversed(parts_until(network, layers)):
        if isinstance(part, Convolution) and part.padding is not None:
            side = (side - 1) * part.stride + part.kernel - 2 * part.padding
        elif isinstance(part, Pool):
            side = (side - 1) * 2 + part.size - part.fill
    return side


def _names(part: Part) -> list[str]:
    if isinstance(part, Fire):
        return [*(convolution.name for convolution in part[1:]), part.name]
    return [part.name]


def _vgg(*depths: int) -> list[Part]:
    parts: list[Part] = []
    channels, index = 3, 0
    for block, depth in enumerate(depths, start=1):
        filters = min(32 * 2**block, 512)
        for number in range(1, depth + 1):
            name = f"block{block}_conv{number}"
            parts.append(
                Convolution(name, f"features.{index}", 3, channels, filters)
            )
            # torchvision's index counts the activation too.
            channels, index = filters, index + 2
        parts.append(Pool(f"block{block}_pool", 2))
        index += 1
    return parts


def _alexnet() -> list[Part]:
    return [
        Convolution("conv1", "features.0", 11, 3, 64, stride=4, padding=2),
        Pool("pool1", 3),
        Convolution("conv2", "features.3", 5, 64, 192),
        Pool("pool2", 3),
        Convolution("conv3", "features.6", 3, 192, 384),
        Convolution("conv4", "features.8", 3, 384, 256),
        Convolution("conv5", "features.10", 3, 256, 256),
        Pool("pool5", 3),
    ]


def _squeezenet() -> list[Part]:
    return [
        Convolution("conv1", "features.0", 3, 3, 64, stride=2, padding=0),
        Pool("pool1", 3, fill=1),
        _fire(2, 3, 64, 16, 64),
        _fire(3, 4, 128, 16, 64),
        Pool("pool3", 3, fill=1),
        _fire(4, 6, 128, 32, 128),
        _fire(5, 7, 256, 32, 128),
        Pool("pool5", 3, fill=1),
        _fire(6, 9, 256, 48, 192),
        _fire(7, 10, 384, 48, 192),
        _fire(8, 11, 384, 64, 256),
        _fire(9, 12, 512, 64, 256),
    ]


def _fire(
    number: int, index: int, channels: int, squeezed: int, expanded: int
) -> Fire:
    name, torch_name = f"fire{number}", f"features.{index}"
    return Fire(
        name,
        Convolution(
            f"{name}_squeeze1x1", f"{torch_name}.squeeze", 1, channels, squeezed
        ),
        Convolution(
            f"{name}_expand1x1",
            f"{torch_name}.expand1x1",
            1,
            squeezed,
            expanded,
        ),
        Convolution(
            f"{name}_expand3x3",
            f"{torch_name}.expand3x3",
            3,
            squeezed,
            expanded,
        ),
    )


TRUNKS: dict[Network, list[Part]] = {
    "vgg16": _vgg(2, 2, 3, 3, 3),
    "vgg19": _vgg(2, 2, 4, 4, 4),
    "alexnet": _alexnet(),
    "squeezenet": _squeezenet(),
}


class _Settings(NamedTuple):
    """Settings of all layers of a trunk."""

    dtype: str | keras.DTypePolicy
    trainable: bool

    @property
    def common(self) -> dict[str, Any]:
        return {"dtype": self.dtype, "trainable": self.trainable}

    @property
    def of_maps(self) -> dict[str, Any]:
        return {**self.common, "data_format": "channels_last"}


def build_trunk(
    network: Network,
    layers: Sequence[str] | None = None,
    *,
    dtype: str | keras.DTypePolicy = "float32",
    trainable: bool = False,
) -> keras.Model:
    """Build a network up to the deepest of some layers.

    Args:
        network: Name of the network.
        layers: Names of the required layers. None for all.
        dtype: Data type or policy of the layers. The default is float32,
            regardless of Keras's settings: losses need its precision.
        trainable: Whether the weights are trainable and drawn at random, as
            He et al. do. Otherwise, they are zeros.

    Returns:
        A functional `keras.Model` of images `(batch, height, width, 3)`,
        channels-last regardless of Keras's settings.
    """
    settings = _Settings(dtype, trainable)
    inputs = keras.Input((None, None, 3), dtype="float32", name="images")
    outputs = inputs
    for part in parts_until(network, layers):
        outputs = _add(part, outputs, settings)
    return keras.Model(inputs, outputs, name=network, trainable=trainable)


def _add(part: Part, inputs: Tensor, settings: _Settings) -> Tensor:
    if isinstance(part, Convolution):
        return _add_convolution(part, inputs, settings)
    if isinstance(part, Pool):
        return _add_pool(part, inputs, settings)
    return _add_fire(part, inputs, settings)


def _add_convolution(
    part: Convolution, inputs: Tensor, settings: _Settings
) -> Tensor:
    if part.padding:
        # With strides, Keras's "same" padding can be asymmetric.
        inputs = keras.layers.ZeroPadding2D(
            part.padding, name=f"{part.name}_padding", **settings.of_maps
        )(inputs)
    return keras.layers.Conv2D(
        part.filters,
        part.kernel,
        strides=part.stride,
        padding="same" if part.padding is None else "valid",
        activation="relu",
        kernel_initializer="he_normal" if settings.trainable else "zeros",
        name=part.name,
        **settings.of_maps,
    )(inputs)


def _add_pool(part: Pool, inputs: Tensor, settings: _Settings) -> Tensor:
    if part.fill:
        # Outputs of a ReLU are at least 0, so zeros do not change a maximum.
        inputs = keras.layers.ZeroPadding2D(
            ((0, part.fill), (0, part.fill)),
            name=f"{part.name}_padding",
            **settings.of_maps,
        )(inputs)
    return keras.layers.MaxPooling2D(
        part.size, strides=2, name=part.name, **settings.of_maps
    )(inputs)


def _add_fire(part: Fire, inputs: Tensor, settings: _Settings) -> Tensor:
    squeezed = _add_convolution(part.squeeze, inputs, settings)
    expanded = [
        _add_convolution(part.expand1x1, squeezed, settings),
        _add_convolution(part.expand3x3, squeezed, settings),
    ]
    return keras.layers.Concatenate(name=part.name, **settings.common)(expanded)
