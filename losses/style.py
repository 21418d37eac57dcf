"""Differences of the textures of images.

Gatys, Ecker and Bethge 2015, A Neural Algorithm of Artistic Style,
https://arxiv.org/abs/1508.06576.

What differs from the paper: the Gram matrices are divided by the number of
features, so that the loss does not grow with the image, and absolute
differences are offered beside squared ones.
"""

from typing import Any, get_args

import keras
from keras import ops

from convzoo.common.checks import check_choice
from convzoo.common.types import Tensor
from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.feature_loss import DISTANCES, Distance, FeatureLoss
from convzoo.losses.images import dtype_of, sample_mean


@keras.saving.register_keras_serializable(package="convzoo")
class Style(FeatureLoss):
    """The mean difference of Gram matrices, summed over layers.

    A Gram matrix holds the products of all pairs of channels, summed over the
    positions of a layer and divided by rows x columns x channels: which
    features come together, wherever they do. It sees texture and colour, and
    not what is where; for that, add `Perceptual` or a loss of pixels.

    Args:
        features: a `FeatureExtractor`, which says of which layers and with what
            weights. The paper takes the first convolution of each block of
            VGG19.
        distance: `"l1"` for absolute differences, or `"l2"` for squared ones.
        check_range: True raises, where values can be looked at, if they cannot
            lie in the `input_range` of the extractor.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: images `(batch, height, width, channels)`. No gradient flows to
            them.
        y_pred: images of the same shape.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. 0 for equal images.

    Raises:
        ValueError: an argument is not as described, the shapes differ, or
            images are not what the extractor takes.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import FeatureExtractor, Style
    >>> features = FeatureExtractor("squeezenet", "fire3", weights=None)
    >>> image = np.random.default_rng(0).uniform(size=(1, 32, 32, 3))
    >>> print(float(Style(features)(image, image)))
    0.0
    >>> print(float(Style(features)(image, image**2)) > 0)
    True
    """

    def __init__(
        self,
        features: FeatureExtractor | dict[str, Any],
        distance: Distance = "l1",
        check_range: bool = False,
        name: str = "style",
        **kwargs: Any,
    ) -> None:
        check_choice("distance", distance, get_args(Distance))
        super().__init__(features, check_range=check_range, name=name, **kwargs)
        self.distance = distance

    def compare_features(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        distance = DISTANCES[self.distance]
        return sample_mean(
            distance(gram_matrices(y_true), gram_matrices(y_pred))
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "distance": self.distance}


def gram_matrices(features: Tensor) -> Tensor:
    """`(batch, channels, channels)` from `(batch, rows, columns, channels)`."""
    _, rows, columns, channels = ops.shape(features)
    features = ops.reshape(features, (-1, rows * columns, channels))
    products = ops.matmul(ops.transpose(features, (0, 2, 1)), features)
    return products / ops.cast(rows * columns * channels, dtype_of(features))
