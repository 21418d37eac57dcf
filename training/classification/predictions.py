"""Predicted classes and their probabilities, from logits."""

from typing import NamedTuple

import numpy as np

from convzoo.training.classification.softmax import softmax

# Logits whose probabilities, in float64, are in memory at once.
_AT_ONCE = 2**22


class Predictions(NamedTuple):
    """One value per image.

    Attributes:
        predicted: Most probable class, integers.
        confidence: Its probability.
        likelihood: Probability of the true class.
    """

    predicted: np.ndarray
    confidence: np.ndarray
    likelihood: np.ndarray


def predictions(logits: np.ndarray, labels: np.ndarray) -> Predictions:
    """Return the most probable class of each image, and probabilities.

    Args:
        logits: `(images, classes)`.
        labels: True classes, integers `(images,)`.
    """
    confidence = np.empty(len(logits))
    likelihood = np.empty(len(logits))
    step = max(_AT_ONCE // logits.shape[1], 1)
    for start in range(0, len(logits), step):
        rows = slice(start, start + step)
        probabilities = softmax(logits[rows])
        confidence[rows] = probabilities.max(axis=1)
        own = np.arange(len(probabilities)), labels[rows]
        likelihood[rows] = probabilities[own]
    return Predictions(logits.argmax(axis=1), confidence, likelihood)
