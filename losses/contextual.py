"""Contextual loss for images that are not aligned.

Mechrez, Talmi and Zelnik-Manor 2018, The Contextual Loss for Image
Transformation with Non-Aligned Data, https://arxiv.org/abs/1803.02077.

What differs from the paper: cosine distances are halved, (1 - cos) / 2;
features are centred at the mean of their own target image, where the authors'
code uses the mean of the batch; all positions are compared, since there is no
need to sample them to save memory.
"""

from collections.abc import Callable
from typing import Any, Literal, get_args

import keras
from keras import ops

from convzoo.common.checks import check_above, check_choice
from convzoo.common.types import Tensor
from convzoo.layers.input_checks import is_empty_batch
from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.feature_loss import FeatureLoss
from convzoo.losses.images import (
    as_floats,
    check_images,
    check_same_shape,
    no_values,
)
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


@keras.saving.register_keras_serializable(package="convzoo")
def contextual(
    target: Tensor,
    source: Tensor,
    bandwidth: float = 0.5,
    epsilon: float = 1e-5,
    distance: Distance = "cosine",
) -> Tensor:
    """Compute the contextual loss of two feature maps.

    See `Contextual`, which applies it to features of images, for the other
    arguments.

    Args:
        target: Feature map to match, `(batch, height, width, channels)`.
        source: Feature map that is searched for each target position. Its
            height and width may differ.

    Returns:
        Losses `(batch,)`: -log of the mean of the best affinities over the
        target.

    Raises:
        ValueError: If an argument is no batch of maps, or they have different
            numbers of samples or channels.
    """
    target, source = as_floats(target, source)
    _check_maps(target, source)
    if is_empty_batch(target):
        return no_values(target)
    targets, sources = positions(target), positions(source)
    if distance == "cosine":
        targets, sources = centred_units(targets, sources)
    distances = _DISTANCES[distance]

    def found(sources: Tensor, targets: Tensor) -> Tensor:
        return affinities(distances(sources, targets), bandwidth, epsilon)

    best = best_match(found, (sources,), (targets,))
    return -ops.log(ops.mean(best, axis=-1))


def _check_maps(target: Tensor, source: Tensor) -> None:
    for name, maps in {"target": target, "source": source}.items():
        check_images(name, maps)
    # Height and width may differ.
    check_same_shape(
        target[:, 0, 0], source[:, 0, 0], ("target[:, 0, 0]", "source[:, 0, 0]")
    )


@keras.saving.register_keras_serializable(package="convzoo")
class Contextual(FeatureLoss):
    """Contextual loss between the features of two images.

    Each position of the prediction's features is compared with all positions of
    the target's. Its affinities to them are a softmax of the distances,
    relative to the smallest one. The loss is low if each position of the target
    is matched by some position of the prediction, wherever that is. A shift of
    a few pixels hardly matters, so pairs need not be aligned.

    The loss is not symmetric. Gradients are finite where all features are 0.
    Time grows with the square of the number of positions, memory linearly:
    distances are computed in parts, and again in the backward pass. On
    TensorFlow, second-order gradients are then unavailable.

    Args:
        features: A `FeatureExtractor`, which sets the layers and their weights
            in the sum.
        bandwidth: Bandwidth of the softmax. Smaller values favour the nearest
            match.
        epsilon: Added to the smallest distance, by which all are divided.
        distance: `"cosine"`, of features centred at the target's mean, or
            `"l2"`, the squared Euclidean distance.
        check_range: Whether to raise a `ValueError` if values do not fit the
            `input_range` of `features`. Skipped inside compiled functions.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: RGB images `(batch, height, width, 3)`, in the `input_range` of
            `features`.
        y_pred: Images of the same shape.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. At least 0, up to
        rounding. Identical images give 0 only if no two positions match: on a
        flat map of N positions all match, and the loss is log N.

    Raises:
        ValueError: If an argument is invalid or the shapes differ.

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
