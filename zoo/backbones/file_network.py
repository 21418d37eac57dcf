"""Finds whose weights a file of Keras holds."""

from typing import get_args

from convzoo.common.choices import PretrainedBackbone
from convzoo.common.keras_weights import check_keras_weights
from convzoo.common.types import PathLike
from convzoo.losses.trunk_files import KERAS
from convzoo.losses.trunk_weights import check_is_file
from convzoo.zoo.backbones.published_weights import PUBLISHED

# Only descriptions of arrays are read: larger ones are refused later.
_ANY_SIZE = 1 << 50
# A counter beside the weights may have 8 bytes.
_SPARE = 2


def check_file_network(network: PretrainedBackbone, path: PathLike) -> None:
    """Raise a `ValueError` if there is no file, or of another network.

    The number of weights tells, which no two networks share. A file with
    another number is left to whoever loads it.

    Args:
        network: Name of the network.
        path: Path of an `.h5` or `.keras` file without a classifier.
    """
    # To open a pipe would wait for a writer.
    check_is_file(path)
    try:
        count = check_keras_weights(path, _ANY_SIZE).nbytes // 4
    # A damaged file is left to whoever loads it, too.
    except Exception:
        return
    for name in get_args(PretrainedBackbone):
        published = {**PUBLISHED, **KERAS}.get(name)
        if published and abs(count - published.parameters) <= _SPARE:
            if name == network:
                return
            raise ValueError(
                f"`weights` must be weights of {network}. Received: "
                f"weights={str(path)!r} with those of {name}"
            )
