"""Figures of a classifier on images that it is not trained on."""

import numpy as np

from convzoo.training.classification.classification_quality import (
    classification_quality,
    validation_figures,
)
from convzoo.training.classification.fit_temperature import fit_temperature


def calibrated_figures(
    logits: np.ndarray, labels: np.ndarray
) -> dict[str, float]:
    """Return the metrics of calibrated logits, by their names in a log.

    Their cross-entropy chooses between weights: a few images tell it better
    than the accuracy, and calibration makes it comparable, since training
    changes how certain a network is.

    Args:
        logits: `(images, classes)`.
        labels: Classes, integers `(images,)`.

    Returns:
        A dictionary, empty without images.
    """
    if not len(labels):
        return {}
    temperature = fit_temperature(logits, labels)
    quality = classification_quality(logits / temperature, labels)
    return validation_figures(quality, len(labels))
