"""Metrics of a classifier, from its logits."""

from typing import NamedTuple

import numpy as np

from convzoo.training.classification.predictions import predictions

# Guo et al. 2017, On Calibration of Modern Neural Networks,
# https://arxiv.org/abs/1706.04599, section 5.
_CONFIDENCE_BINS = 15


class ClassificationQuality(NamedTuple):
    """Metrics of a classifier; all but the loss are in [0, 1].

    Attributes:
        accuracy: Fraction of images whose most probable class is correct.
        class_accuracy: Accuracy of each class that occurs, averaged.
        confidence: Probability of the most probable class, averaged. It equals
            the accuracy of a calibrated classifier.
        calibration_error: Expected calibration error: the gap between
            confidence and accuracy, as a mean over 15 bins of confidence,
            weighted by their images.
        loss: Mean cross-entropy, in nats.
    """

    accuracy: float
    class_accuracy: float
    confidence: float
    calibration_error: float
    loss: float


def classification_quality(
    logits: np.ndarray, labels: np.ndarray
) -> ClassificationQuality:
    """Compute the metrics of a set of images.

    Args:
        logits: `(images, classes)`.
        labels: Integers `(images,)`.
    """
    found = predictions(logits, labels)
    right = found.predicted == labels
    classes = [right[labels == label].mean() for label in np.unique(labels)]
    likelihoods = np.maximum(found.likelihood, 1e-30)
    return ClassificationQuality(
        accuracy=float(right.mean()),
        class_accuracy=float(np.mean(classes)),
        confidence=float(found.confidence.mean()),
        calibration_error=_calibration_error(found.confidence, right),
        loss=float(-np.log(likelihoods).mean()),
    )


def validation_figures(
    quality: ClassificationQuality, images: int
) -> dict[str, float]:
    """The metrics of held-out images, by the names in the log of a run.

    Args:
        quality: The metrics.
        images: Number of these images.
    """
    named = {f"validation_{k}": v for k, v in quality._asdict().items()}
    return {**named, "validation_images": images}


def _calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum(
        (confidence * _CONFIDENCE_BINS).astype(int), _CONFIDENCE_BINS - 1
    )
    error = 0.0
    for number in np.unique(bins):
        inside = bins == number
        gap = abs(confidence[inside].mean() - right[inside].mean())
        error += inside.mean() * gap
    return float(error)
