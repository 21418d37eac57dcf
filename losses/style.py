"""Style loss: differences of Gram matrices.

Gatys, Ecker and Bethge 2015, A Neural Algorithm of Artistic Style,
https://arxiv.org/abs/1508.06576.

What differs from the paper: Gram matrices are divided by the number of
features, so the loss does not grow with the image, and absolute differences are
offered beside squared ones.
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
    """Mean difference of Gram matrices, summed over layers.

    A Gram matrix holds the products of all pairs of channels, summed over the
    positions of a layer and divided by rows x columns x channels: which
    features occur together, at any position. It captures texture and colour,
    but not layout; for that, add `Perceptual` or a pixel-wise loss.

    Args:
        features: A `FeatureExtractor`, which sets the layers and their weights
            in the sum. The paper uses the first convolution of each block of
            VGG19.
        distance: `"l1"` for absolute differences, or `"l2"` for squared ones.
        check_range: Whether to raise a `ValueError` if values do not fit the
            `input_range` of `features`. Skipped inside compiled functions.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Images `(batch, height, width, channels)`. No gradient flows to
            them.
        y_pred: Images of the same shape.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. 0 for identical images.

    Raises:
        ValueError: If an argument is invalid, the shapes differ, or the
            extractor does not accept the images.

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
    """Gram matrices `(batch, channels, channels)` of channels-last features."""
    _, rows, columns, channels = ops.shape(features)
    features = ops.reshape(features, (-1, rows * columns, channels))
    products = ops.matmul(ops.transpose(features, (0, 2, 1)), features)
    return products / ops.cast(rows * columns * channels, dtype_of(features))
