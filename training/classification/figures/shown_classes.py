"""The classes of a confusion matrix that is to be read."""

import re
from collections.abc import Sequence

import numpy as np


def shown_classes(
    labels: np.ndarray,
    predicted: np.ndarray,
    class_names: Sequence[str],
    most: int,
) -> tuple[list[int], int]:
    """Return classes in the order of their names, and how many there are.

    Classes without an image that are never predicted do not count. If more than
    `most` remain, those with the most mistakes are returned.

    Args:
        labels: True classes, integers `(images,)`.
        predicted: Predicted classes, integers `(images,)`.
        class_names: Name of each class.
        most: Largest number of classes to return.

    Returns:
        Numbers of the classes, and the number of classes that occur.
    """
    count = len(class_names)
    occurring = np.union1d(labels, predicted)
    wrong = labels != predicted
    mistakes = np.bincount(labels[wrong], minlength=count)
    mistakes += np.bincount(predicted[wrong], minlength=count)
    order = np.argsort(-mistakes[occurring], kind="stable")
    kept = occurring[order[:most]].tolist()
    by_name = sorted(kept, key=lambda number: _by_name(class_names[number]))
    return by_name, len(occurring)


def _by_name(name: str) -> list[tuple[int, str]]:
    """Sort key in which 9 comes before 10."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [
        (int(part), "") if index % 2 else (0, part)
        for index, part in enumerate(parts)
    ]
