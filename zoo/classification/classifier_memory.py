"""Memory that a classifier takes for an image."""

from typing import get_args

import keras

from convzoo.common.choices import OwnBackbone
from convzoo.zoo.classification.classifier_pixels import scaled_size
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)

# Copies of the image in float32, while it is scaled.
_IMAGE = 24
# Memory of the network for each pixel: per channel of the first convolutions of
# our own networks; measured for others; and the most of those measured.
_OWN = 10
_MEASURED = {"squeezenet": 200, "resnet50": 240, "mobilenet_v3_small": 110}
_OTHER = 1300


def classifier_memory(
    model: SizeAgnosticClassifier, height: int, width: int
) -> int:
    """Return the bytes that `classify` takes for an image, roughly.

    Args:
        model: The classifier.
        height: Height of the image in pixels, before it is scaled.
        width: Width of the image.
    """
    rows, columns = height, width
    if model.short_side is not None:
        rows, columns = scaled_size((height, width), model.short_side)
    per_pixel = bytes_per_pixel(model.backbone, model.width)
    return _IMAGE * height * width + per_pixel * rows * columns


def bytes_per_pixel(backbone: str | keras.Model, width: int) -> int:
    """Return the bytes that a network takes for each pixel of an image.

    Args:
        backbone: Backbone of a classifier.
        width: Its `width`.
    """
    if not isinstance(backbone, str):
        return _OTHER
    if backbone in get_args(OwnBackbone):
        return _OWN * width
    return _MEASURED.get(backbone, _OTHER)
