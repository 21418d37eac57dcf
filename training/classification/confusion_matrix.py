"""Confusion matrix of a classifier."""

import numpy as np


def confusion_matrix(
    labels: np.ndarray, predicted: np.ndarray, classes: int
) -> np.ndarray:
    """Number of images by true class and predicted class.

    Args:
        labels: True classes, integers `(images,)`.
        predicted: Predicted classes, integers `(images,)`.
        classes: Number of classes.

    Returns:
        Integers `(classes, classes)`; rows are true classes.
    """
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels, predicted), 1)
    return counts
