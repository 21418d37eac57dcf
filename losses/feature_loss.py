"""What the losses of features have in common."""

import keras
from keras import ops

from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.image_loss import ImageLoss
from convzoo.losses.images import checked_images

# Of two maps, position by position and channel by channel.
DISTANCES = {
    "l1": lambda x, y: ops.abs(x - y),
    "l2": lambda x, y: ops.square(x - y),
}


class FeatureLoss(ImageLoss):
    """A loss of two batches of images that compares their features.

    Subclasses compute it for one layer in `compare_features(y_true, y_pred)`.

    Args:
        features: a `FeatureExtractor`, or its configuration.
        **kwargs: of `ImageLoss`.
    """

    def __init__(self, features, **kwargs):
        super().__init__(**kwargs)
        self.features = _checked_features(features)

    @property
    def value_range(self):
        return tuple(map(float, self.features.input_range))

    def compare_features(self, y_true, y_pred):
        """The loss of each pair, `(batch,)`, in one layer."""
        raise NotImplementedError

    def compare(self, y_true, y_pred):
        return sum(
            weight * self.compare_features(*pair)
            for weight, *pair in feature_pairs(self.features, y_true, y_pred)
        )

    def get_config(self):
        return {
            **super().get_config(),
            "features": keras.saving.serialize_keras_object(self.features),
        }


def feature_pairs(extractor, y_true, y_pred):
    """The weight and the features of both, layer by layer.

    No gradient is computed for `y_true`: half of the work would be for nothing.
    """
    y_true, y_pred = checked_images(
        y_true, y_pred, extractor.smallest, extractor.channels
    )
    truths = extractor(ops.stop_gradient(y_true))
    return zip(extractor.layer_weights, truths, extractor(y_pred), strict=True)


def _checked_features(features):
    if isinstance(features, dict):
        features = keras.saving.deserialize_keras_object(features)
    if not isinstance(features, FeatureExtractor):
        raise ValueError(
            "`features` must be a FeatureExtractor. "
            f"Received: features={features!r}"
        )
    return features
