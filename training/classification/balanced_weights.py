"""Weights with which all classes count alike."""

import numpy as np


def balanced_weights(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Return a weight for each image, 1 on average.

    Args:
        labels: Classes, integers `(images,)`; each occurs.
        num_classes: Number of classes.

    Returns:
        Float32 array `(images,)`.
    """
    counts = np.bincount(labels, minlength=num_classes)
    return (len(labels) / num_classes / counts)[labels].astype("float32")
