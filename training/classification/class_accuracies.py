"""Accuracy of each class."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convzoo.training.classification.wilson_interval import wilson_interval


class ClassAccuracy(NamedTuple):
    """Accuracy of one class, with its 95 % interval.

    Attributes:
        name: Name of the class.
        images: Number of its images.
        right: Number of those that are classified correctly.
        accuracy: Their share.
        low: Lower end of the interval.
        high: Upper end.
        taken_for: Class for which its images are most often taken by mistake,
            or None without a mistake.
    """

    name: str
    images: int
    right: int
    accuracy: float
    low: float
    high: float
    taken_for: str | None


def class_accuracies(
    labels: np.ndarray, predicted: np.ndarray, class_names: Sequence[str]
) -> list[ClassAccuracy]:
    """Return the accuracy of each class that has images.

    Args:
        labels: True classes, integers `(images,)`.
        predicted: Predicted classes, integers `(images,)`.
        class_names: Name of each class.
    """
    count = len(class_names)
    right = np.bincount(labels[labels == predicted], minlength=count)
    total = np.bincount(labels, minlength=count)
    low, high = wilson_interval(right, total)
    wrong = _taken_for(labels, predicted)
    return [
        ClassAccuracy(
            class_names[i],
            int(total[i]),
            int(right[i]),
            float(right[i] / total[i]),
            float(low[i]),
            float(high[i]),
            class_names[wrong[i]] if i in wrong else None,
        )
        for i in np.flatnonzero(total).tolist()
    ]


def _taken_for(labels: np.ndarray, predicted: np.ndarray) -> dict[int, int]:
    """Map classes with mistakes to the most frequent wrong class."""
    wrong = labels != predicted
    pairs, counts = np.unique(
        np.stack([labels[wrong], predicted[wrong]]), axis=1, return_counts=True
    )
    # Later entries replace earlier ones: the most frequent come last.
    order = np.argsort(counts, kind="stable")
    return {int(pairs[0, i]): int(pairs[1, i]) for i in order}
