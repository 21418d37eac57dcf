"""Losses and judges of features, by their name on a command line."""

from typing import Literal, TypeVar, get_args

from convzoo.losses import LPIPS, FeatureExtractor, Perceptual

_Features = Literal["vgg19", "squeezenet"]
_Judge = Literal["alex", "vgg", "squeezenet"]
_Network = TypeVar("_Network", bound=str)

# The layers of SqueezeNet that teach, before their activation, and the deeper
# ones that judge: a network cannot be judged by what it was taught with. By the
# weights each layer has a quarter of a sum that is 1 for photographs enlarged
# four times by bicubic interpolation, with the weights published by its authors
# (Caffe); those of torchvision have smaller features.
_TEACHING = {
    "conv1": 0.0174,
    "fire2_expand3x3": 0.00425,
    "fire3_expand3x3": 0.0040,
    "fire5_expand3x3": 0.0033,
}
_JUDGING = ["fire6", "fire7", "fire8", "fire9"]


def perceptual_loss(choice: str) -> Perceptual:
    """A loss of features to train with.

    Args:
        choice: `"vgg19"` (ESRGAN's, whose weights are fetched), or
            `"squeezenet"`; a path of weights may follow, after a colon.

    Raises:
        ValueError: the name is unknown, or the weights cannot be had.
    """
    networks: tuple[_Features, ...] = get_args(_Features)
    network, weights = _parsed("features", choice, networks)
    if network == "vgg19":
        return Perceptual.esrgan(weights or "torchvision")
    extractor = FeatureExtractor(
        "squeezenet",
        _TEACHING,
        before_activation=True,
        weights=weights or "torchvision",
    )
    return Perceptual(extractor, "l1")


def perceptual_judge(choice: str) -> LPIPS | Perceptual:
    """A distance to judge photographs by, `"alex"`, `"vgg"` or `"squeezenet"`.

    The first two are LPIPS, whose weights are fetched. The last is the squared
    distance in the layers of SqueezeNet that `perceptual_loss` does not use: a
    weaker judge, as its features grow out of those that taught.

    Args:
        choice: the name; a path of weights may follow, after a colon.

    Raises:
        ValueError: the name is unknown, or the weights cannot be had.
    """
    networks: tuple[_Judge, ...] = get_args(_Judge)
    network, weights = _parsed("judge", choice, networks)
    if network != "squeezenet":
        return LPIPS(network, weights=weights or "imagenet")
    extractor = FeatureExtractor(
        "squeezenet", _JUDGING, weights=weights or "torchvision"
    )
    return Perceptual(extractor, "l2")


def _parsed(
    argument: str, choice: str, networks: tuple[_Network, ...]
) -> tuple[_Network, str | None]:
    """The network, and the path of its weights or None."""
    name, _, weights = str(choice).partition(":")
    for network in networks:
        if network == name:
            return network, weights or None
    raise ValueError(
        f"`{argument}` must be one of {networks}, or one of them, a colon "
        f"and the path of its weights. Received: {argument}={choice!r}"
    )
