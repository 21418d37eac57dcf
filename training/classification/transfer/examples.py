"""Images to learn from and to validate with."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convzoo.training.classification.transfer.fold_of import fold_of

_FOLDS = 5


class Examples(NamedTuple):
    """Labelled images, and which of them validate.

    Attributes:
        images: uint8 arrays `(height, width, 3)`.
        labels: Class of each image, integers `(images,)`.
        num_classes: Number of classes.
        folds: Fold in which an image validates, from 0; -1 if it never does.
        is_learned: Whether the final layer learns from it, booleans
            `(images,)`.
        balance: Whether all classes count alike.
    """

    images: Sequence[np.ndarray]
    labels: np.ndarray
    num_classes: int
    folds: np.ndarray
    is_learned: np.ndarray
    balance: bool = False

    @property
    def validates(self) -> bool:
        """Whether any image validates."""
        return bool((self.folds >= 0).any())

    @property
    def has_whole_folds(self) -> bool:
        """Whether each class has an image in each of several folds."""
        count = int(self.folds.max()) + 1
        if count < 2 or (self.folds < 0).any():
            return False
        pairs = np.unique(self.labels * count + self.folds)
        return len(pairs) == count * self.num_classes


def cross_validated(
    images: Sequence[np.ndarray],
    labels: np.ndarray,
    num_classes: int,
    balance: bool = False,
) -> Examples:
    """Examples that all validate, in five folds, and are all learned."""
    folds = fold_of(labels, _FOLDS)
    every = np.ones(len(labels), bool)
    return Examples(images, labels, num_classes, folds, every, balance)


def held_out(
    images: Sequence[np.ndarray],
    labels: np.ndarray,
    num_classes: int,
    validates: np.ndarray,
    balance: bool = False,
) -> Examples:
    """Examples of which some validate, and only the others are learned.

    Args:
        images: uint8 arrays `(height, width, 3)`.
        labels: Class of each image.
        num_classes: Number of classes.
        validates: Booleans `(images,)`.
        balance: Whether all classes count alike.
    """
    folds = np.where(validates, 0, -1)
    return Examples(images, labels, num_classes, folds, ~validates, balance)
