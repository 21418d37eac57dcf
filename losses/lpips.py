"""Learned perceptual image patch similarity (LPIPS).

Zhang, Isola, Efros, Shechtman and Wang 2018, The Unreasonable Effectiveness of
Deep Features as a Perceptual Metric, https://arxiv.org/abs/1801.03924.

What differs from the paper: this is version 0.1 of the authors' package, which
scales images as the networks expect and has other linear weights.
"""

import os
from pathlib import Path
from typing import Any, Literal, get_args

import keras
import numpy as np
from keras import ops

from convzoo.common.checks import check_choice
from convzoo.common.types import PathLike, Tensor
from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.feature_loss import feature_pairs
from convzoo.losses.image_loss import ImageLoss
from convzoo.losses.images import spatial_mean
from convzoo.losses.trunks import Network

Net = Literal["vgg", "alex", "squeeze"]
LINEAR_WEIGHTS = Path(__file__).with_name("weights") / "lpips_linear.npz"
# Added under the root, for a finite gradient where all features are 0. Vectors
# shorter than 1e-5 get a length below 1; networks do not produce them.
_SMALLEST_SQUARE = 1e-14
_NETS: dict[Net, tuple[Network, list[str]]] = {
    "vgg": (
        "vgg16",
        [
            "block1_conv2",
            "block2_conv2",
            "block3_conv3",
            "block4_conv3",
            "block5_conv3",
        ],
    ),
    "alex": ("alexnet", ["conv1", "conv2", "conv3", "conv4", "conv5"]),
    "squeeze": (
        "squeezenet",
        ["conv1", "fire3", "fire5", "fire6", "fire7", "fire8", "fire9"],
    ),
}


@keras.saving.register_keras_serializable(package="convzoo")
class LPIPS(ImageLoss):
    """Perceptual distance of images, fitted to human judgements.

    Features of a classification network are normalised to unit length at each
    position. Their squared differences are weighted per channel by human
    judgements, averaged over the positions of a layer, and summed over five or
    seven layers. As a metric, `loss.call(y_true, y_pred)` is the value that
    papers report, to a relative error of 1e-4.

    Papers report `net="alex"`, which ranks best, and train with `net="vgg"`,
    whose gradient is smoother. Values of different networks are not comparable.

    The linear weights are part of the package. The network needs the weights of
    torchvision: Keras's VGG16 has the same layers, but other features.

    Args:
        net: Network: `"vgg"`, `"alex"` or `"squeeze"`, for images of at least
            16, 31 or 17 pixels per side.
        input_range: Values of black and white. A wrong range gives plausible,
            wrong values, and is only noticed with `check_range`.
        weights: `"imagenet"` downloads torchvision's file (528, 233 or 5 MB) to
            the Keras cache on first use. A path is that of the same file, or of
            an `.npz` or `.safetensors` file with the arrays of its state dict.
            None draws random weights, for tests.
        seed: Seed of the random weights.
        check_range: Whether to raise a `ValueError` if values do not fit
            `input_range`. Skipped inside compiled functions.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: RGB images `(batch, height, width, 3)`. No gradient flows to
            them.
        y_pred: Images of the same shape.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. At least 0, and 0 for
        identical images.

    Raises:
        ValueError: If an argument is invalid, the weights cannot be found or
            are not torchvision's, the shapes differ, or an image is too small.
            Sides of unknown size that turn out too short are padded with black
            instead.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import LPIPS
    >>> loss = LPIPS("squeeze", weights=None)
    >>> image = np.random.default_rng(0).uniform(size=(1, 32, 32, 3))
    >>> print(float(loss(image, image)))
    0.0
    >>> print(float(loss(image, 1 - image)) > 0)
    True
    """

    def __init__(
        self,
        net: Net = "vgg",
        input_range: tuple[float, float] = (0, 1),
        weights: PathLike | None = "imagenet",
        seed: int = 0,
        check_range: bool = False,
        name: str = "lpips",
        **kwargs: Any,
    ) -> None:
        check_choice("net", net, get_args(Net))
        _check_not_keras(weights)
        super().__init__(check_range=check_range, name=name, **kwargs)
        network, layers = _NETS[net]
        self._features = FeatureExtractor(
            network,
            layers,
            # Keras's network of the same name has other features.
            weights="torchvision" if weights == "imagenet" else weights,
            input_range=input_range,
            seed=seed,
        )
        if self._features.native_preprocessing != "torch":
            raise ValueError(
                "`weights` must be torchvision's; these are Caffe's, of "
                f"another network. Received: weights={weights!r}"
            )
        self.net = net
        self.input_range = input_range
        self.weights = weights if weights is None else os.fspath(weights)
        self.seed = seed
        self._linear = _linear_weights(net, len(layers))

    @property
    def value_range(self) -> tuple[float, float]:
        low, high = self.input_range
        return float(low), float(high)

    def compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        pairs = feature_pairs(self._features, y_true, y_pred)
        return sum(
            _distance(linear, true, pred)
            for linear, (_, true, pred) in zip(self._linear, pairs, strict=True)
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "net": self.net,
            "input_range": self.input_range,
            "weights": self.weights,
            "seed": self.seed,
        }


def _distance(linear: np.ndarray, y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Distance in one layer, `(batch,)`."""
    squares = ops.square(_unit(y_pred) - _unit(y_true))
    weighted = squares * ops.cast(linear, squares.dtype)
    return spatial_mean(ops.sum(weighted, axis=-1))


def _unit(features: Tensor) -> Tensor:
    """Normalise features to unit length along the channels; 0 stays 0."""
    squares = ops.sum(ops.square(features), axis=-1, keepdims=True)
    return features * ops.rsqrt(squares + _SMALLEST_SQUARE)


def _linear_weights(net: Net, layers: int) -> list[np.ndarray]:
    with np.load(LINEAR_WEIGHTS) as arrays:
        return [arrays[f"{net}_{layer}"] for layer in range(layers)]


def _check_not_keras(weights: PathLike | None) -> None:
    path = os.fspath(weights) if isinstance(weights, (str, os.PathLike)) else ""
    if path.endswith(".h5"):
        raise ValueError(
            "`weights` must be torchvision's: Keras's VGG16 has other "
            "features, for which the linear weights are not valid. "
            f"Received: weights={path!r}"
        )
