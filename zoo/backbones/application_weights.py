"""Loads the weights of a network of `keras.applications`."""

import os

import keras

from convzoo.common.keras_weights import check_keras_weights
from convzoo.common.types import PathLike
from convzoo.losses.tapped_model import load_checked
from convzoo.losses.trunk_files import KERAS
from convzoo.losses.trunk_weights import check_is_file
from convzoo.losses.weights_errors import one_line
from convzoo.zoo.backbones.applications import mend_normalization
from convzoo.zoo.backbones.published_weights import PUBLISHED

_SUFFIXES = (".h5", ".hdf5", ".keras")


def load_application(
    model: keras.Model, network: str, weights: PathLike
) -> None:
    """Load the weights of a network without its classifier.

    Args:
        model: The network of `build_application`.
        network: Its name.
        weights: `"imagenet"`, or the path of Keras's file.

    Raises:
        ValueError: If they cannot be found, or belong to another network.
    """
    if weights == "imagenet":
        path = PUBLISHED[network].fetched()
    else:
        path = os.fspath(weights)
        check_is_file(path)
        _check_suffix(network, path)
    try:
        load_checked(model, path)
    # Keras, h5py and zipfile raise errors of many types.
    except Exception as error:
        raise ValueError(
            f"`weights` must be Keras's file of {network} without the "
            f"classifier, such as {PUBLISHED[network].name}. Received: "
            f"weights={path!r}{_what_it_holds(model, path)}: {one_line(error)}"
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


def _what_it_holds(model: keras.Model, path: str) -> str:
    """Return whose weights a file holds, as far as their number tells."""
    try:
        count = check_keras_weights(path, _ANY).nbytes // 4
    except Exception:
        return ""
    features = model.output_shape[-1]
    if count == model.count_params() + 1000 * (features + 1):
        return " (which holds the classifier too)"
    for name, published in {**PUBLISHED, **KERAS}.items():
        if abs(count - published.parameters) <= _SPARE:
            return f" (which holds weights of {name})"
    return ""


_ANY = 1 << 40
# A counter may have 8 bytes.
_SPARE = 2
