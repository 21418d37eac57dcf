"""Base class of the losses that compare features."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import keras
from keras import ops

from convzoo.common.types import Tensor
from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.image_loss import ImageLoss
from convzoo.losses.images import checked_images

Distance = Literal["l1", "l2"]
# Element-wise distances of two feature maps.
DISTANCES: dict[Distance, Callable[[Tensor, Tensor], Tensor]] = {
    "l1": lambda x, y: ops.abs(x - y),
    "l2": lambda x, y: ops.square(x - y),
}


class FeatureLoss(ImageLoss):
    """Base class of losses that compare the features of two images.

    Subclasses implement `compare_features(y_true, y_pred)` for one layer.

    Args:
        features: A `FeatureExtractor`, or its configuration.
        **kwargs: Arguments of `ImageLoss`.
    """

    def __init__(
        self, features: FeatureExtractor | dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.features = _checked_features(features)

    @property
    def value_range(self) -> tuple[float, float]:
        low, high = self.features.input_range
        return float(low), float(high)

    def compare_features(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each pair in one layer, `(batch,)`."""
        raise NotImplementedError

    def compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return sum(
            weight * self.compare_features(*pair)
            for weight, *pair in feature_pairs(self.features, y_true, y_pred)
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "features": keras.saving.serialize_keras_object(self.features),
        }


def feature_pairs(
    extractor: FeatureExtractor, y_true: Tensor, y_pred: Tensor
) -> Iterator[tuple[float, Tensor, Tensor]]:
    """Return the weight and both feature maps of each layer.

    No gradient is computed for `y_true`, which would double the work.
    """
    y_true, y_pred = checked_images(
        y_true, y_pred, extractor.smallest, extractor.channels
    )
    truths = extractor(ops.stop_gradient(y_true))
    return zip(extractor.layer_weights, truths, extractor(y_pred), strict=True)


def _checked_features(
    features: FeatureExtractor | dict[str, Any],
) -> FeatureExtractor:
    if isinstance(features, dict):
        features = keras.saving.deserialize_keras_object(features)
    if not isinstance(features, FeatureExtractor):
        raise ValueError(
            "`features` must be a FeatureExtractor. "
            f"Received: features={features!r}"
        )
    return features
