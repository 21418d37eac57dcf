"""Perceptual losses and distances, by their name on the command line."""

from typing import get_args

from convzoo.losses import LPIPS, FeatureExtractor, Perceptual
from convzoo.training.super_resolution.network_choice import (
    Features,
    Judge,
    chosen_network,
)

# Layers of SqueezeNet for training, before their activation, and deeper ones
# for evaluation: a network must not be judged by its own training loss. The
# weights give each layer a quarter of a loss that is 1 for photographs enlarged
# four times by bicubic interpolation, with the weights of SqueezeNet's authors
# (Caffe); torchvision's have smaller features.
_TRAINING_LAYERS = {
    "conv1": 0.0174,
    "fire2_expand3x3": 0.00425,
    "fire3_expand3x3": 0.0040,
    "fire5_expand3x3": 0.0033,
}
_JUDGE_LAYERS = ["fire6", "fire7", "fire8", "fire9"]


def perceptual_loss(choice: str) -> Perceptual:
    """Return a perceptual loss for training.

    Args:
        choice: `"vgg19"` (ESRGAN's, whose weights are downloaded) or
            `"squeezenet"`, optionally followed by a colon and the path of
            weights.

    Raises:
        ValueError: If the name is unknown, or the weights are unavailable.
    """
    networks: tuple[Features, ...] = get_args(Features)
    network, weights = chosen_network("features", choice, networks)
    if network == "vgg19":
        return Perceptual.esrgan(weights or "torchvision")
    extractor = FeatureExtractor(
        "squeezenet",
        _TRAINING_LAYERS,
        before_activation=True,
        weights=weights or "torchvision",
    )
    return Perceptual(extractor, "l1")


def perceptual_judge(choice: str) -> LPIPS | Perceptual:
    """Return a perceptual distance for evaluation.

    `"alex"` and `"vgg"` are LPIPS, whose weights are downloaded. `"squeezenet"`
    is the squared distance in the layers of SqueezeNet that `perceptual_loss`
    does not use. It is a weaker judge, since its features are computed from
    those of the loss.

    Args:
        choice: The name, optionally followed by a colon and the path of
            weights.

    Raises:
        ValueError: If the name is unknown, or the weights are unavailable.
    """
    networks: tuple[Judge, ...] = get_args(Judge)
    network, weights = chosen_network("judge", choice, networks)
    if network != "squeezenet":
        return LPIPS(network, weights=weights or "imagenet")
    extractor = FeatureExtractor(
        "squeezenet", _JUDGE_LAYERS, weights=weights or "torchvision"
    )
    return Perceptual(extractor, "l2")
