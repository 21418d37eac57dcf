"""Learned perceptual image patch similarity.

Zhang, Isola, Efros, Shechtman and Wang 2018, The Unreasonable Effectiveness of
Deep Features as a Perceptual Metric, https://arxiv.org/abs/1801.03924.

What differs from the paper: this is version 0.1 of the authors' package, which
scales images as the networks expect them and has other linear weights.
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
# Inside the root: the gradient stays finite where all features are 0. Vectors
# shorter than 1e-5 come out shorter than 1; networks do not make them.
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
    """A distance of images that was fitted to what people find similar.

    Features of a network for classification, scaled to a length of 1 at each
    position; their squared differences, weighted channel by channel as people's
    judgements have it; the mean over the positions of a layer, and the sum over
    five layers or seven. As a metric, `loss.call(y_true, y_pred)` is the value
    that papers report, to 1e-4 of it.

    Papers report `net="alex"`, which ranks best, and train with `net="vgg"`,
    whose gradient is smoother. Values of different networks do not compare.

    The linear weights come with the package; those of the network are
    torchvision's, and no others will do: Keras's VGG16 has the same layers and
    other features.

    Args:
        net: `"vgg"`, `"alex"` or `"squeeze"`. The shortest side of an image is
            16, 31 and 17 pixels.
        input_range: the values of black and white. A wrong one is not noticed
            (but see `check_range`), and gives plausible, wrong values.
        weights: `"imagenet"` fetches torchvision's file (528, 233 or 5 MB) to
            the cache of Keras when it is first needed; a path is that of the
            same file, or of an `.npz` file with the arrays of its state dict;
            None is for tests, and draws random weights.
        seed: of the random weights.
        check_range: True raises, where values can be looked at, if they cannot
            lie in `input_range`.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: images `(batch, height, width, 3)`, red first. No gradient flows
            to them.
        y_pred: images of the same shape.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. At least 0, and 0 for
        equal images.

    Raises:
        ValueError: an argument is not as described, the weights cannot be had
            or are not torchvision's, the shapes differ, or an image is too
            small. Sides that are unknown and turn out too short are filled up
            with black instead.

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
        _check_not_of_keras(weights)
        super().__init__(check_range=check_range, name=name, **kwargs)
        network, layers = _NETS[net]
        self._features = FeatureExtractor(
            network,
            layers,
            # Where Keras has a network of that name too, it is another one.
            weights="torchvision" if weights == "imagenet" else weights,
            input_range=input_range,
            seed=seed,
        )
        if self._features.native_preprocessing != "torch":
            raise ValueError(
                "`weights` must be torchvision's; these are Caffe's, which is "
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
    """`(batch,)`, of one layer."""
    squares = ops.square(_unit(y_pred) - _unit(y_true))
    weighted = squares * ops.cast(linear, squares.dtype)
    return spatial_mean(ops.sum(weighted, axis=-1))


def _unit(features: Tensor) -> Tensor:
    """Vectors of length 1 along the channels; 0 stays 0."""
    squares = ops.sum(ops.square(features), axis=-1, keepdims=True)
    return features * ops.rsqrt(squares + _SMALLEST_SQUARE)


def _linear_weights(net: Net, layers: int) -> list[np.ndarray]:
    with np.load(LINEAR_WEIGHTS) as arrays:
        return [arrays[f"{net}_{layer}"] for layer in range(layers)]


def _check_not_of_keras(weights: PathLike | None) -> None:
    path = os.fspath(weights) if isinstance(weights, (str, os.PathLike)) else ""
    if path.endswith(".h5"):
        raise ValueError(
            "`weights` must be torchvision's: the VGG16 of Keras is another "
            "network, with other features, for which the linear weights are "
            f"not valid. Received: weights={path!r}"
        )
