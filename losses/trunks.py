"""The networks for classification whose features losses compare.

VGG: Simonyan and Zisserman 2014, Very Deep Convolutional Networks for
Large-Scale Image Recognition, https://arxiv.org/abs/1409.1556. AlexNet:
Krizhevsky 2014, One weird trick for parallelizing convolutional neural
networks, https://arxiv.org/abs/1404.5997. SqueezeNet: Iandola et al. 2016,
SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model
size, https://arxiv.org/abs/1602.07360.

What differs from the papers: the classifiers are left out. AlexNet is
torchvision's, and SqueezeNet the version 1.1 that its authors published later.
"""

import keras

from convzoo.losses.trunk_parts import Convolution, Fire, Pool, parts_until

# Whatever a user's settings are: the weights were trained for these.
_FIXED = {"dtype": "float32", "trainable": False}
_FIXED_2D = {**_FIXED, "data_format": "channels_last"}


def build_trunk(network, layers=None):
    """A network, as deep as some of its layers need it.

    Args:
        network: a key of `trunk_parts.TRUNKS`.
        layers: names of the layers that the model must have; None for all.

    Returns:
        A functional `keras.Model` of images `(batch, height, width, 3)`, in
        float32 and channels last whatever the settings of Keras are, with
        nothing to train. Its weights are zeros.
    """
    inputs = keras.Input((None, None, 3), dtype="float32", name="images")
    outputs = inputs
    for part in parts_until(network, layers):
        outputs = _ADD[type(part)](part, outputs)
    return keras.Model(inputs, outputs, name=network, trainable=False)


def _add_convolution(part, inputs):
    if part.padding:
        # Before a stride Keras's "same" would not be the same on both sides.
        inputs = keras.layers.ZeroPadding2D(
            part.padding, name=f"{part.name}_padding", **_FIXED_2D
        )(inputs)
    return keras.layers.Conv2D(
        part.filters,
        part.kernel,
        strides=part.stride,
        padding="same" if part.padding is None else "valid",
        activation="relu",
        kernel_initializer="zeros",
        name=part.name,
        **_FIXED_2D,
    )(inputs)


def _add_pool(part, inputs):
    if part.fill:
        # Nothing is below 0 after a ReLU, so zeros never win.
        inputs = keras.layers.ZeroPadding2D(
            ((0, part.fill), (0, part.fill)),
            name=f"{part.name}_padding",
            **_FIXED_2D,
        )(inputs)
    return keras.layers.MaxPooling2D(
        part.size, strides=2, name=part.name, **_FIXED_2D
    )(inputs)


def _add_fire(part, inputs):
    squeezed = _add_convolution(part.squeeze, inputs)
    expanded = [
        _add_convolution(part.expand1x1, squeezed),
        _add_convolution(part.expand3x3, squeezed),
    ]
    return keras.layers.Concatenate(name=part.name, **_FIXED)(expanded)


_ADD = {Convolution: _add_convolution, Pool: _add_pool, Fire: _add_fire}
