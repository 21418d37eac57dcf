"""Perceptual losses: differences of deep features.

Johnson, Alahi and Fei-Fei 2016, Perceptual Losses for Real-Time Style Transfer
and Super-Resolution, https://arxiv.org/abs/1603.08155; with features before the
activation, Wang et al. 2018, ESRGAN: Enhanced Super-Resolution Generative
Adversarial Networks, https://arxiv.org/abs/1809.00219.

What differs from the paper: any network, layers and weights are allowed, and
the absolute differences of ESRGAN are offered beside squared ones.
"""

from typing import Any, Self, get_args

import keras

from convzoo.common.checks import check_above, check_choice
from convzoo.common.types import PathLike, Tensor
from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.feature_loss import DISTANCES, Distance, FeatureLoss
from convzoo.losses.images import sample_mean


@keras.saving.register_keras_serializable(package="convzoo")
class Perceptual(FeatureLoss):
    """Mean difference of deep features, summed over layers.

    Compares the content of images rather than their pixels, and so rewards
    texture. Deep features alone are not a stable loss: many images have the
    same ones, and a network trained on nothing else drifts in colour and
    brightness and draws patterns. Add a pixel-wise loss, for example with
    `WeightedSum`.

    Class methods build the losses of three papers. The weights matter: values
    with Keras's VGG and with torchvision's differ by an order of magnitude.

    Args:
        features: A `FeatureExtractor`, which sets the layers and their weights
            in the sum.
        distance: `"l1"` for absolute differences, or `"l2"` for squared ones.
        feature_scale: Factor of the features before the comparison.
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
    >>> from convzoo.losses import FeatureExtractor, Perceptual
    >>> features = FeatureExtractor(
    ...     "squeezenet", {"conv1": 0.1, "fire3": 1}, weights=None
    ... )
    >>> image = np.random.default_rng(0).uniform(size=(1, 32, 32, 3))
    >>> print(float(Perceptual(features)(image, image)))
    0.0
    >>> print(float(Perceptual(features)(image, 1 - image)) > 0)
    True
    """

    def __init__(
        self,
        features: FeatureExtractor | dict[str, Any],
        distance: Distance = "l1",
        feature_scale: float = 1.0,
        check_range: bool = False,
        name: str = "perceptual",
        **kwargs: Any,
    ) -> None:
        check_above("feature_scale", feature_scale, 0)
        check_choice("distance", distance, get_args(Distance))
        super().__init__(features, check_range=check_range, name=name, **kwargs)
        self.distance = distance
        self.feature_scale = feature_scale

    def compare_features(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        scale = self.feature_scale
        distance = DISTANCES[self.distance]
        return sample_mean(distance(scale * y_true, scale * y_pred))

    @classmethod
    def srgan(
        cls,
        weights: PathLike | None = "imagenet",
        input_range: tuple[float, float] = (0, 1),
        **kwargs: Any,
    ) -> Self:
        """Create the loss of SRGAN.

        Ledig et al. 2017, https://arxiv.org/abs/1609.04802. Squared differences
        in the last convolution of VGG19, after the activation, with features
        divided by 12.75. The paper adds an adversarial loss with a weight of
        0.001, and no pixel-wise loss.
        """
        extractor = FeatureExtractor(
            "vgg19", "block5_conv4", weights=weights, input_range=input_range
        )
        return cls(extractor, "l2", 1 / 12.75, **kwargs)

    @classmethod
    def esrgan(
        cls,
        weights: PathLike | None = "torchvision",
        input_range: tuple[float, float] = (0, 1),
        **kwargs: Any,
    ) -> Self:
        """Create the loss of ESRGAN.

        Absolute differences in the last convolution of VGG19, before the
        activation. ESRGAN gives it a weight of 1, beside 0.01 for a pixel-wise
        loss.
        """
        extractor = FeatureExtractor(
            "vgg19",
            "block5_conv4",
            before_activation=True,
            weights=weights,
            input_range=input_range,
        )
        return cls(extractor, "l1", **kwargs)

    @classmethod
    def real_esrgan(
        cls,
        weights: PathLike | None = "torchvision",
        input_range: tuple[float, float] = (0, 1),
        **kwargs: Any,
    ) -> Self:
        """Create the loss of Real-ESRGAN.

        Wang et al. 2021, https://arxiv.org/abs/2107.10833. Absolute differences
        in five layers of VGG19, before the activation.
        """
        extractor = FeatureExtractor(
            "vgg19",
            {
                "block1_conv2": 0.1,
                "block2_conv2": 0.1,
                "block3_conv4": 1.0,
                "block4_conv4": 1.0,
                "block5_conv4": 1.0,
            },
            before_activation=True,
            weights=weights,
            input_range=input_range,
        )
        return cls(extractor, "l1", **kwargs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "distance": self.distance,
            "feature_scale": self.feature_scale,
        }
