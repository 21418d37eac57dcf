"""Class probabilities of logits."""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Class probabilities, in float64."""
    shifted = np.asarray(logits, "float64")
    shifted = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
