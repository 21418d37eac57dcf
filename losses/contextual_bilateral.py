"""Contextual loss that looks nearby first.

Zhang, Chen, Ng and Koltun 2019, Zoom to Learn, Learn to Zoom,
https://arxiv.org/abs/1905.05169.

What differs from the paper: its equations and its code are two losses, and both
are here under names of their own; in the first, which leaves the unit open,
coordinates are fractions of the map; cosine distances are halved, and features
are centred as `Contextual` does it.
"""

from typing import Any, Literal, get_args

import keras
from keras import ops

from convzoo.common.checks import check_above, check_choice, check_number
from convzoo.common.types import Tensor
from convzoo.layers.in_parts import in_parts
from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.feature_loss import FeatureLoss
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
# The code's unit of coordinates: a map is as wide and as high as this.
_UNITS_OF_A_MAP = 255


def bilateral_distance(
    target: Tensor, source: Tensor, spatial_weight: float = 0.1
) -> Tensor:
    """The mean over the source of the distance to the nearest of the target.

    Where both the difference of the features and the way between the two
    positions make the distance: the equation of the paper.

    Args:
        target: the map to be matched, `(batch, height, width, channels)`.
        source: another map; its height and width may be others.
        spatial_weight: of the way, in maps, beside (1 - cos) / 2.

    Returns:
        `(batch,)`.
    """
    targets, sources = centred_units(positions(target), positions(source))

    def nearest(
        sources: Tensor, places: Tensor, targets: Tensor, others: Tensor
    ) -> Tensor:
        way = squared_distances(places, others)
        # No gradient goes here, so that the root may meet a zero.
        distances = cosine_distances(sources, targets)
        distances = distances + spatial_weight * ops.sqrt(way)
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
    """The contextual loss of affinities that are mixed with nearness.

    As the authors' code has it.

    Args:
        target: the map to be matched, `(batch, height, width, channels)`.
        source: another map; its height and width may be others.
        spatial_weight: the share of nearness, below 1.
        bandwidth: of both softmaxes.
        epsilon: added to the smallest distance, by which all are divided.

    Returns:
        `(batch,)`.
    """
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
        (sources, _UNITS_OF_A_MAP * coordinates(source)),
        (targets, _UNITS_OF_A_MAP * coordinates(target)),
    )
    return -ops.log(ops.mean(best, axis=-1))


@keras.saving.register_keras_serializable(package="convzoo")
class ContextualBilateral(FeatureLoss):
    """A contextual loss for pairs that are aligned but for a few pixels.

    `Contextual` finds like features anywhere, and may take them from the wrong
    place; here a match costs the more the farther away it is.

    | variant | what it is | from |
    |---|---|---|
    | `"distance"` | mean over the prediction of min (D + w D') | the equation |
    | `"similarity"` | -log mean max ((1 - w) CX + w CX') | the authors' code |

    D and CX are distances and affinities of features, D' and CX' of positions.

    Args:
        features: a `FeatureExtractor`; the layers' losses are weighted and
            added up.
        variant: see the table.
        spatial_weight: w of the table. D' is the Euclidean distance of
            positions, as a fraction of the map.
        bandwidth: of the softmaxes of `"similarity"`.
        epsilon: of `"similarity"`: added to the smallest distance, by which all
            are divided.
        check_range: True raises, where values can be looked at, if they cannot
            lie in the range that `features` expects.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: RGB images `(batch, height, width, 3)`, in the range that
            `features` expects.
        y_pred: images of the same shape.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. Equal images give 0
        with `"distance"`, and almost 0 with `"similarity"` where no two
        positions agree.

    Raises:
        ValueError: an argument is not as described, or the shapes differ.

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
