"""Sources of the weights of a trunk, and their preprocessing."""

import os
from collections.abc import Sequence
from typing import Literal

import keras
import numpy as np

from convzoo.common.types import PathLike
from convzoo.losses.read_weights_file import read_weights_file
from convzoo.losses.tapped_model import load_checked
from convzoo.losses.trunk_files import KERAS, TORCHVISION
from convzoo.losses.trunks import (
    TRUNKS,
    Convolution,
    Network,
    build_trunk,
    trunk_convolutions,
)
from convzoo.losses.weights_errors import one_line

# An array that only the files of Caffe have.
_CAFFE = "conv1_w_0"
# A file may hold wider numbers, or an optimizer's state.
_MOST_COPIES, _SMALL = 2, 64 << 20
NativePreprocessing = Literal["caffe", "torch"]


def trunk_with_weights(
    network: Network,
    layers: Sequence[str],
    weights: PathLike | None,
    seed: int = 0,
) -> tuple[keras.Model, NativePreprocessing]:
    """Build a trunk as `build_trunk` does, with weights.

    Args:
        network: Name of the network.
        layers: Names of the required layers.
        weights: `"imagenet"`, `"torchvision"`, a path or None, see
            `FeatureExtractor`.
        seed: Seed of random weights.

    Returns:
        The model, and the preprocessing that its weights expect.

    Raises:
        ValueError: If the weights cannot be found or belong to another network.
    """
    if weights is None:
        trunk = build_trunk(network, layers)
        arrays = random_trunk(network, seed, layers)
        return trunk, _load_arrays(trunk, network, layers, arrays, weights)
    # Keras reads its files in the order of all layers.
    trunk = build_trunk(network)
    return trunk, load_trunk(trunk, network, weights, layers)


def load_trunk(
    trunk: keras.Model,
    network: Network,
    weights: PathLike,
    layers: Sequence[str] | None = None,
    verified: bool = True,
) -> NativePreprocessing:
    """Load the weights of a whole trunk.

    Args:
        trunk: All layers of `build_trunk`.
        network: Name of the network.
        weights: `"imagenet"`, `"torchvision"` or a path, see
            `FeatureExtractor`.
        layers: Names of the layers whose weights are required. None for all.
        verified: Whether a `.pth` file must be the published one.

    Returns:
        The preprocessing that the weights expect.

    Raises:
        ValueError: If the weights cannot be found or belong to another network.
    """
    if weights == "imagenet" and network in KERAS:
        return _load_keras(trunk, network, KERAS[network].fetched())
    if weights in ("imagenet", "torchvision"):
        arrays = read_weights_file(TORCHVISION[network].fetched())
        return _load_arrays(trunk, network, layers, arrays, weights)
    path = os.fspath(weights)
    check_is_file(path)
    if path.endswith((".h5", ".keras")):
        _check_keras_has(network, path)
        return _load_keras(trunk, network, path)
    published = TORCHVISION[network]
    _check_length(path, published.about)
    if verified and not path.endswith((".npz", ".safetensors")):
        published.check(path)
    return _load_arrays(trunk, network, layers, _read_arrays(path), path)


def _check_keras_has(network: Network, path: str) -> None:
    if network not in KERAS:
        raise ValueError(
            f"Keras has no {network}: `weights` must be a .pth file of "
            "torchvision, or an .npz or .safetensors file. "
            f"Received: weights={path!r}"
        )


def _check_length(path: str, published: int) -> None:
    """Raise a `ValueError` if a file is much larger than the published one."""
    most = _MOST_COPIES * published + _SMALL
    found = os.path.getsize(path)
    if found > most:
        raise ValueError(
            f"`weights` must be a file of at most {most} bytes. "
            f"Received: weights={path!r} with {found}"
        )


def check_is_file(path: PathLike) -> None:
    """Raise a `ValueError` unless there is a file at a path of weights."""
    if not os.path.isfile(path):
        is_there = os.path.lexists(path)
        raise ValueError(
            "`weights` must be the path of a file, or a documented name. "
            f"Received: weights={os.fspath(path)!r}, which "
            f"{'is no file' if is_there else 'does not exist'}"
        )


def _read_arrays(path: str) -> dict[str, np.ndarray]:
    try:
        return read_weights_file(path)
    except ValueError as error:
        raise ValueError(
            f"`weights` must be a readable file. Received: weights={path!r}: "
            f"{error}"
        ) from error


def _load_keras(
    trunk: keras.Model, network: Network, path: PathLike
) -> NativePreprocessing:
    try:
        load_checked(trunk, path)
    except Exception as error:
        raise ValueError(
            f"`weights` must be a Keras file of {network} without the "
            f"classifier. Received: weights={path!r}: {one_line(error)}"
        ) from error
    return "caffe"


def _load_arrays(
    trunk: keras.Model,
    network: Network,
    layers: Sequence[str] | None,
    arrays: dict[str, np.ndarray],
    weights: PathLike | None,
) -> NativePreprocessing:
    for part in trunk_convolutions(network, layers):
        wrong = _mismatch(arrays, part)
        if wrong is not None:
            raise ValueError(
                f"`weights` must hold the array {wrong}, as {network} has it. "
                f"Received: weights={weights!r}{_owner(arrays)}"
            )
        kernel, bias = (arrays[name] for name in _names(arrays, part))
        trunk.get_layer(part.name).set_weights(
            [
                kernel.astype("float32").transpose(2, 3, 1, 0),
                bias.astype("float32"),
            ]
        )
    return "caffe" if _CAFFE in arrays else "torch"


def _mismatch(arrays: dict[str, np.ndarray], part: Convolution) -> str | None:
    """Return what is wrong with the arrays of a convolution, or None."""
    kernel = part.filters, part.channels, part.kernel, part.kernel
    shapes = kernel, (part.filters,)
    for name, shape in zip(_names(arrays, part), shapes, strict=True):
        found = arrays[name].shape if name in arrays else "no such array"
        if found != shape:
            return f"{name!r} of shape {shape} instead of {found}"
    return None


def _owner(arrays: dict[str, np.ndarray]) -> str:
    """Return the network that arrays belong to, as part of an error."""
    for network in TRUNKS:
        if all(
            _mismatch(arrays, part) is None
            for part in trunk_convolutions(network)
        ):
            return f" with weights of {network}"
    return ""


def _names(arrays: dict[str, np.ndarray], part: Convolution) -> tuple[str, str]:
    """Return the names of a kernel and a bias, of torchvision or of Caffe."""
    if _CAFFE in arrays:
        name = part.name.replace("_", "/")
        return f"{name}_w_0", f"{name}_b_0"
    return f"{part.torch_name}.weight", f"{part.torch_name}.bias"


def random_trunk(
    network: Network, seed: int, layers: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """Return random weights that preserve the scale of activations.

    Args:
        network: Name of the network.
        seed: Seed of the weights.
        layers: Names of layers. Weights that only deeper layers need are left
            out, which does not change the others. None for all.

    Returns:
        A dictionary of names as in torchvision's files and float32 arrays,
        kernels in the order (out, in, rows, columns).
    """
    # Its stream is guaranteed not to change, unlike that of `default_rng`.
    random = np.random.RandomState(seed)
    arrays = {}
    for part in trunk_convolutions(network, layers):
        shape = (part.filters, part.channels, part.kernel, part.kernel)
        deviation = np.sqrt(2 / np.prod(shape[1:]))
        kernel = deviation * random.standard_normal(shape)
        bias = 0.05 * random.standard_normal(part.filters)
        arrays[f"{part.torch_name}.weight"] = kernel.astype("float32")
        arrays[f"{part.torch_name}.bias"] = bias.astype("float32")
    return arrays
