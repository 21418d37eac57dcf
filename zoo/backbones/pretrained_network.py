"""Convolutional networks by name, with their published weights."""

import os
from collections.abc import Sequence
from typing import NamedTuple, cast, get_args

import keras

from convzoo.common.checks import check_choice
from convzoo.common.choices import PreprocessingMode, PretrainedBackbone
from convzoo.common.types import PathLike
from convzoo.losses.feature_checks import check_weights
from convzoo.losses.trunk_files import KERAS
from convzoo.losses.trunk_weights import load_trunk
from convzoo.losses.trunks import Network, build_trunk, smallest_side
from convzoo.zoo.backbones.application_weights import (
    application_file,
    load_application,
)
from convzoo.zoo.backbones.applications import APPLICATIONS, build_application
from convzoo.zoo.backbones.file_network import check_file_network
from convzoo.zoo.backbones.maps import checked_maps
from convzoo.zoo.backbones.maps_model import MapsModel
from convzoo.zoo.backbones.smallest_side import smallest_image_side


class PretrainedNetwork(NamedTuple):
    """A network and what its images must be.

    Attributes:
        model: Model of preprocessed images `(batch, height, width, 3)` that
            returns a list of maps `(batch, rows, columns, channels)`, one for
            each name in `maps`.
        maps: Names of the layers that return them.
        preprocessing_mode: Preprocessing that the weights expect, see
            `preprocess`.
        smallest_side: Smallest side of images with one position in all maps.
    """

    model: keras.Model
    maps: tuple[str, ...]
    preprocessing_mode: PreprocessingMode
    smallest_side: int


def pretrained_network(
    name: PretrainedBackbone,
    maps: str | Sequence[str] | None = None,
    weights: PathLike | None = None,
    dtype: str | keras.DTypePolicy | None = None,
) -> PretrainedNetwork:
    """Build a network by name, for images of any size.

    Args:
        name: `"squeezenet"` (version 1.1) or `"alexnet"`, as torchvision has
            them, or the name of a network of `keras.applications` in lower
            case, such as `"mobilenet_v3_small"`.
        maps: Names of layers whose maps are returned. `"top"` is the last
            layer, and None is the same. Names that Keras makes up, such as
            `"activation_3"`, count the layers of this network only.
        weights: One of:

            - None: random weights;
            - `"imagenet"`: published weights, of torchvision for SqueezeNet and
              AlexNet, otherwise of Keras. They are downloaded to the Keras
              cache on first use, after a line that says so;
            - the path of Keras's file of the network without its classifier
              (`.h5`, `.weights.h5` or `.keras`); for SqueezeNet, AlexNet and
              VGG, also of torchvision's `.pth` file, or of an `.npz` or
              `.safetensors` file, see `FeatureExtractor`.
        dtype: Data type or policy of the layers. None for that of Keras.

    Returns:
        The network. All its layers are trainable.

    Raises:
        ValueError: If an argument is invalid, or if the weights cannot be found
            or belong to another network.

    Example:

    >>> import numpy as np
    >>> from convzoo.zoo.backbones.pretrained_network import pretrained_network
    >>> network = pretrained_network("squeezenet", ["fire5", "top"])
    >>> network.maps
    ('fire5', 'fire9')
    >>> for maps in network.model(np.zeros((1, 96, 64, 3), "float32")):
    ...     print(maps.shape)
    (1, 11, 7, 256)
    (1, 5, 3, 512)
    """
    check_choice("backbone", name, get_args(PretrainedBackbone))
    check_weights(weights)
    policy = keras.dtype_policies.get(dtype or keras.config.dtype_policy())
    if name in APPLICATIONS:
        return _application(name, maps, weights, policy)
    return _trunk(cast(Network, name), maps, weights, policy)


def _trunk(
    name: Network,
    maps: str | Sequence[str] | None,
    weights: PathLike | None,
    policy: keras.DTypePolicy,
) -> PretrainedNetwork:
    whole = build_trunk(name, dtype=policy, trainable=True)
    names = checked_maps(name, whole, maps)
    mode: PreprocessingMode = "caffe" if name in KERAS else "torch"
    if weights is not None:
        if os.fspath(weights).endswith((".h5", ".keras")):
            check_file_network(name, weights)
        mode = load_trunk(whole, name, weights, verified=False)
    return PretrainedNetwork(
        _until(whole, names), names, mode, smallest_side(name, names)
    )


def _application(
    name: PretrainedBackbone,
    maps: str | Sequence[str] | None,
    weights: PathLike | None,
    policy: keras.DTypePolicy,
) -> PretrainedNetwork:
    # Whatever is wrong with the weights is said before the network is built.
    path = None if weights is None else application_file(name, weights)
    whole = build_application(name, policy)
    names = checked_maps(name, whole, maps)
    if path is not None:
        load_application(whole, name, path)
    model = _until(whole, names)
    return PretrainedNetwork(
        model, names, APPLICATIONS[name].mode, smallest_image_side(model)
    )


def _until(model: keras.Model, names: Sequence[str]) -> keras.Model:
    """Return the part of a network that some of its layers need."""
    outputs = [model.get_layer(name).output for name in names]
    return MapsModel(model.inputs[0], outputs, name=model.name)
