"""One-hot targets that are made when they are asked for."""

import numpy as np


class OneHotTargets:
    """Rows of the one-hot matrix of labels, without the matrix.

    For 100,000 images of 10,000 classes, it would take 4 GB.

    Args:
        labels: Integers `(images,)`.
        num_classes: Number of classes.
    """

    def __init__(self, labels: np.ndarray, num_classes: int) -> None:
        self.labels = np.asarray(labels)
        self.num_classes = num_classes

    def __getitem__(self, members: np.ndarray) -> np.ndarray:
        """Return float32 `(members, num_classes)`."""
        rows = self.labels[members]
        targets = np.zeros((len(rows), self.num_classes), "float32")
        targets[np.arange(len(rows)), rows] = 1
        return targets
