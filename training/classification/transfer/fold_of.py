"""Folds of a cross-validation within each class."""

import numpy as np


def fold_of(labels: np.ndarray, count: int) -> np.ndarray:
    """Return the fold of each image, from 0; -1 for what is always learned.

    A fold is a block of each class, in order: files of one scene are often
    adjacent, and then fall on the same side. The only image of a class is in no
    fold.

    Args:
        labels: Class of each image, `(images,)`.
        count: Number of folds.
    """
    folds = np.full(len(labels), -1)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) > 1:
            places = np.arange(len(members)) * count // len(members)
            # Small classes would otherwise fill the same folds.
            folds[members] = (places + label) % count
    return folds
