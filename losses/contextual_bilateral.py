"""Contextual loss that prefers nearby matches.

Zhang, Chen, Ng and Koltun 2019, Zoom to Learn, Learn to Zoom,
https://arxiv.org/abs/1905.05169.

What differs from the paper: its equations and its code are two different
losses, and both are offered, as variants; in the equations, which leave the
unit open, coordinates are fractions of the map; cosine distances are halved,
and features are centred as in `Contextual`.
"""

from typing import Any, Literal, get_args

import keras
from keras import ops

from convzoo.common.checks import check_above, check_choice, check_number
from convzoo.common.types import Tensor
from convzoo.layers.in_parts import in_parts
from convzoo.layers.input_checks import is_empty_batch
from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.feature_loss import FeatureLoss
from convzoo.losses.images import no_values
from convzoo.losses.matching import (
    affinities,
    best_match,
    centred_units,
    coordinates,
    cosine_distances,
    positions,
    rows_at_once,
    squared_distances,
)

Variant = Literal["distance", "similarity"]
# Width and height of a map in the coordinates of the authors' code.
_MAP_SIDE = 255


def bilateral_distance(
    target: Tensor, source: Tensor, spatial_weight: float = 0.1
) -> Tensor:
    """Compute the mean distance from source positions to their nearest target.

    The distance combines features and positions, as in the paper's equation.

    Args:
        target: Feature map to match, `(batch, height, width, channels)`.
        source: Another feature map. Its height and width may differ.
        spatial_weight: Weight of the distance of positions, a fraction of the
            map. The distance of features, (1 - cos) / 2, has a weight of 1.

    Returns:
        Losses `(batch,)`.
    """
    if is_empty_batch(target):
        return no_values(target)
    targets, sources = centred_units(positions(target), positions(source))

    def nearest(
        sources: Tensor, places: Tensor, targets: Tensor, others: Tensor
    ) -> Tensor:
        squares = squared_distances(places, others)
        # Positions need no gradient, so the root may be taken of 0.
        distances = cosine_distances(sources, targets)
        distances = distances + spatial_weight * ops.sqrt(squares)
        return ops.min(distances, axis=-1)

    found = in_parts(
        nearest,
        rows_at_once(sources, targets),
        1,
        (sources, coordinates(source)),
        targets,
        coordinates(target),
        training=True,
    )
    return ops.mean(found, axis=-1)


def bilateral_similarity(
    target: Tensor,
    source: Tensor,
    spatial_weight: float = 0.1,
    bandwidth: float = 0.5,
    epsilon: float = 1e-3,
) -> Tensor:
    """Compute the contextual loss with affinities of features and positions.

    Follows the authors' code.

    Args:
        target: Feature map to match, `(batch, height, width, channels)`.
        source: Another feature map. Its height and width may differ.
        spatial_weight: Share of the affinities of positions, in [0, 1).
        bandwidth: Bandwidth of both softmaxes.
        epsilon: Added to the smallest distance, by which all are divided.

    Returns:
        Losses `(batch,)`.
    """
    if is_empty_batch(target):
        return no_values(target)
    targets, sources = centred_units(positions(target), positions(source))

    def mixed(
        sources: Tensor, places: Tensor, targets: Tensor, others: Tensor
    ) -> Tensor:
        like = affinities(
            cosine_distances(sources, targets), bandwidth, epsilon
        )
        near = affinities(squared_distances(places, others), bandwidth, epsilon)
        return (1 - spatial_weight) * like + spatial_weight * near

    best = best_match(
        mixed,
        (sources, _MAP_SIDE * coordinates(source)),
        (targets, _MAP_SIDE * coordinates(target)),
    )
    return -ops.log(ops.mean(best, axis=-1))


@keras.saving.register_keras_serializable(package="convzoo")
class ContextualBilateral(FeatureLoss):
    """Contextual loss for pairs that are aligned up to a few pixels.

    `Contextual` matches features anywhere, possibly in the wrong place. Here
    the cost of a match grows with its distance in the image.

    | variant | formula | source |
    |---|---|---|
    | `"distance"` | mean over the prediction of min (D + w D') | the equation |
    | `"similarity"` | -log mean max ((1 - w) CX + w CX') | the authors' code |

    D and CX are distances and affinities of features, D' and CX' of positions.

    Args:
        features: A `FeatureExtractor`, which sets the layers and their weights
            in the sum.
        variant: Variant of the loss, see the table.
        spatial_weight: Weight w of the table, in [0, 1). D' is the Euclidean
            distance of positions, as a fraction of the map.
        bandwidth: Bandwidth of the softmaxes of `"similarity"`.
        epsilon: Added to the smallest distance, by which all are divided, in
            `"similarity"`.
        check_range: Whether to raise a `ValueError` if values do not fit the
            `input_range` of `features`. Skipped inside compiled functions.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: RGB images `(batch, height, width, 3)`, in the `input_range` of
            `features`.
        y_pred: Images of the same shape.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. Identical images give 0
        with `"distance"`, and almost 0 with `"similarity"` if no two positions
        match.

    Raises:
        ValueError: If an argument is invalid or the shapes differ.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import ContextualBilateral, FeatureExtractor
    >>> features = FeatureExtractor("vgg19", "block2_conv2", weights=None)
    >>> loss = ContextualBilateral(features)
    >>> image = np.random.default_rng(0).uniform(size=(1, 48, 48, 3))
    >>> bool(loss(image, np.roll(image, 2, axis=2)) < loss(image, 1 - image))
    True
    """

    def __init__(
        self,
        features: FeatureExtractor | dict[str, Any],
        variant: Variant = "distance",
        spatial_weight: float = 0.1,
        bandwidth: float = 0.5,
        epsilon: float = 1e-3,
        check_range: bool = False,
        name: str = "contextual_bilateral",
        **kwargs: Any,
    ) -> None:
        check_choice("variant", variant, get_args(Variant))
        check_number("spatial_weight", spatial_weight, 0, 1)
        check_above("bandwidth", bandwidth, 0)
        check_above("epsilon", epsilon, 0)
        super().__init__(features, check_range=check_range, name=name, **kwargs)
        self.variant = variant
        self.spatial_weight = spatial_weight
        self.bandwidth = bandwidth
        self.epsilon = epsilon

    def compare_features(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if self.variant == "distance":
            return bilateral_distance(y_true, y_pred, self.spatial_weight)
        return bilateral_similarity(
            y_true, y_pred, self.spatial_weight, self.bandwidth, self.epsilon
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "variant": self.variant,
            "spatial_weight": self.spatial_weight,
            "bandwidth": self.bandwidth,
            "epsilon": self.epsilon,
        }
