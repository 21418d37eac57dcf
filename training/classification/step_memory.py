"""Estimated memory of a training step, and the batches that it allows."""

from typing import Any

from convzoo.layers import MLPConv
from convzoo.zoo.classification.classifier_memory import bytes_per_pixel
from convzoo.zoo.classification.classifier_networks import Unit
from convzoo.zoo.classification.residual_unit import ResidualUnit
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)

# Arrays of float32 that a convolution keeps for its gradient and computes
# there, in sizes of its output: measured on TensorFlow, rounded up.
_COPIES = 6
_BYTES = 4
# A training step of a whole network takes this much more than a prediction.
_TUNED = 4


def image_bytes(model: SizeAgnosticClassifier, height: int, width: int) -> int:
    """Estimate what one image adds to the memory of a training step.

    A network that is not of convzoo is taken to keep as many arrays for the
    gradient.

    Args:
        model: The classifier.
        height: Rows of the image, with its padding.
        width: Columns.
    """
    if not model.units:
        pixels = bytes_per_pixel(model.backbone, model.width) * height * width
        return _TUNED * pixels
    numbers = 0
    # `Any`: Keras's shapes may be open, and these are not.
    shape: Any = 1, height, width, 3
    for index, unit in enumerate(model.units):
        if index == 1 and model.grid is not None:
            shape = 1, model.grid, model.grid, shape[3]
        shape = unit.compute_output_shape(shape)
        _, rows, columns, channels = shape
        numbers += _convolutions(unit) * rows * columns * channels
    return numbers * _COPIES * _BYTES


def images_within(
    model: SizeAgnosticClassifier, gigabytes: float, height: int, width: int
) -> int:
    """Return how many images of a size a step of that memory takes.

    At least one.
    """
    return max(int(gigabytes * 1e9 / image_bytes(model, height, width)), 1)


def _convolutions(unit: Unit) -> int:
    if isinstance(unit, ResidualUnit):
        return 2 + (unit.shortcut is not None)
    return len(unit.conv.units) if isinstance(unit.conv, MLPConv) else 1
