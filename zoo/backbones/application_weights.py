"""Loads the weights of a network of `keras.applications`."""

import os

import keras

from convzoo.common.choices import PretrainedBackbone
from convzoo.common.types import PathLike
from convzoo.losses.tapped_model import load_checked
from convzoo.losses.trunk_weights import check_is_file
from convzoo.losses.weights_errors import one_line
from convzoo.zoo.backbones.applications import mend_normalization
from convzoo.zoo.backbones.file_network import check_file_network
from convzoo.zoo.backbones.published_weights import PUBLISHED

_SUFFIXES = (".h5", ".hdf5", ".keras")


def application_file(network: PretrainedBackbone, weights: PathLike) -> str:
    """Return the path of a file with weights of a network.

    Args:
        network: Name of a network of `keras.applications`.
        weights: `"imagenet"`, whose file is downloaded if it is missing, or the
            path of Keras's file.

    Raises:
        ValueError: If there is none, or if it is another network's.
    """
    if weights == "imagenet":
        return PUBLISHED[network].fetched()
    path = os.fspath(weights)
    check_is_file(path)
    _check_suffix(network, path)
    check_file_network(network, path)
    return path


def load_application(
    model: keras.Model, network: PretrainedBackbone, path: str
) -> None:
    """Load the weights of a network without its classifier.

    Args:
        model: The network of `build_application`.
        network: Its name.
        path: Path of `application_file`.

    Raises:
        ValueError: If the file cannot be read, or does not fit.
    """
    try:
        load_checked(model, path)
    # Keras, h5py and zipfile raise errors of many types.
    except Exception as error:
        raise ValueError(
            f"`weights` must be Keras's file of {network} without the "
            f"classifier, such as {PUBLISHED[network].name}. Received: "
            f"weights={path!r}: {one_line(error)}"
        ) from error
    mend_normalization(model)


def _check_suffix(network: str, path: str) -> None:
    if not path.endswith(_SUFFIXES):
        published = PUBLISHED[network]
        raise ValueError(
            f"`weights` of {network} must be Keras's file, an .h5, .weights.h5 "
            f"or .keras file such as {published.name} of {published.url}: "
            "networks of other packages have another structure. "
            f"Received: weights={path!r}"
        )
