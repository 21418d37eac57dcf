"""A classifier with calibrated probabilities."""

import numpy as np

from convzoo.training.classification.fit_temperature import fit_temperature
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.copied import copied


def calibrated(
    model: SizeAgnosticClassifier, logits: np.ndarray, labels: np.ndarray
) -> SizeAgnosticClassifier:
    """Return a copy of a classifier with the temperature that fits images.

    Args:
        model: The classifier.
        logits: Its logits of images that it was not trained on, `(images,
            classes)`.
        labels: Their classes, integers `(images,)`.
    """
    temperature = model.temperature * fit_temperature(logits, labels)
    return copied(model, temperature=temperature)
