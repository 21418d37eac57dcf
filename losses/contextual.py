"""Contextual loss, for images that are not aligned.

Mechrez, Talmi and Zelnik-Manor 2018, The Contextual Loss for Image
Transformation with Non-Aligned Data, https://arxiv.org/abs/1803.02077.

What differs from the paper: cosine distances are halved, (1 - cos) / 2, and
features are centred at the mean of their own target image, where the authors'
code takes that of the batch; no position is left out at random, since memory
does not demand it.
"""

from collections.abc import Callable
from typing import Any, Literal, get_args

import keras
from keras import ops

from convzoo.common.checks import check_above, check_choice
from convzoo.common.types import Tensor
from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.feature_loss import FeatureLoss
from convzoo.losses.matching import (
    affinities,
    best_match,
    centred_units,
    cosine_distances,
    positions,
    squared_distances,
)

Distance = Literal["cosine", "l2"]
_DISTANCES: dict[Distance, Callable[[Tensor, Tensor], Tensor]] = {
    "cosine": cosine_distances,
    "l2": squared_distances,
}


def contextual(
    target: Tensor,
    source: Tensor,
    bandwidth: float = 0.5,
    epsilon: float = 1e-5,
    distance: Distance = "cosine",
) -> Tensor:
    """The contextual loss of two feature maps.

    `Contextual` takes it of the features of images, and explains the arguments.

    Args:
        target: the map to be matched, `(batch, height, width, channels)`.
        source: the map in which each position of the target is looked for; its
            height and width may be others.

    Returns:
        `(batch,)`: -log of the mean over the target of the best affinities.
    """
    targets, sources = positions(target), positions(source)
    if distance == "cosine":
        targets, sources = centred_units(targets, sources)
    distances = _DISTANCES[distance]

    def found(sources: Tensor, targets: Tensor) -> Tensor:
        return affinities(distances(sources, targets), bandwidth, epsilon)

    best = best_match(found, (sources,), (targets,))
    return -ops.log(ops.mean(best, axis=-1))


@keras.saving.register_keras_serializable(package="convzoo")
class Contextual(FeatureLoss):
    """How badly the features of one image are found anywhere in the other.

    Each position of the prediction's features is compared with all positions
    of the target's. Its affinity to each of them is a softmax of distances that
    are divided by the smallest; the loss is low where every position of the
    target is the one of some position of the prediction, wherever that is. A
    shift of a few pixels hardly matters, so the pairs need not be aligned.

    It is not symmetric. Gradients are finite where features vanish. Time grows
    with the square of the number of positions, memory linearly: the distances
    are computed in parts, once more in the backward pass. (On TensorFlow such
    gradients have no gradients of their own.)

    Args:
        features: a `FeatureExtractor`; the layers' losses are weighted and
            added up.
        bandwidth: of the softmax; the smaller, the more the nearest counts.
        epsilon: added to the smallest distance, by which all are divided.
        distance: `"cosine"`, of features centred at the mean of the target's,
            or `"l2"`, the square of the Euclidean distance.
        check_range: True raises, where values can be looked at, if they cannot
            lie in the range that `features` expects.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: RGB images `(batch, height, width, 3)`, in the range that
            `features` expects.
        y_pred: images of the same shape.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. At least 0, to
        rounding. Equal images give 0 only where no two positions agree: on a
        flat map of N positions all agree, and the loss is log N.

    Raises:
        ValueError: an argument is not as described, or the shapes differ.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import Contextual, FeatureExtractor
    >>> features = FeatureExtractor("vgg19", "block1_conv2", weights=None)
    >>> loss = Contextual(features)
    >>> image = np.random.default_rng(0).uniform(size=(1, 48, 48, 3))
    >>> shifted = np.roll(image, 3, axis=2)
    >>> bool(loss(image, shifted) < 0.5 * loss(image, 1 - image))
    True
    """

    def __init__(
        self,
        features: FeatureExtractor | dict[str, Any],
        bandwidth: float = 0.5,
        epsilon: float = 1e-5,
        distance: Distance = "cosine",
        check_range: bool = False,
        name: str = "contextual",
        **kwargs: Any,
    ) -> None:
        check_above("bandwidth", bandwidth, 0)
        check_above("epsilon", epsilon, 0)
        check_choice("distance", distance, get_args(Distance))
        super().__init__(features, check_range=check_range, name=name, **kwargs)
        self.bandwidth = bandwidth
        self.epsilon = epsilon
        self.distance = distance

    def compare_features(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return contextual(
            y_true, y_pred, self.bandwidth, self.epsilon, self.distance
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "bandwidth": self.bandwidth,
            "epsilon": self.epsilon,
            "distance": self.distance,
        }
