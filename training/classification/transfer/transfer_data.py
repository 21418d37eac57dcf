"""Images to train on, and images to validate with."""

from typing import NamedTuple

import numpy as np

from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.classification.transfer.examples import (
    Examples,
    cross_validated,
    held_out,
)


class TransferData(NamedTuple):
    """Labelled images.

    Attributes:
        folder: Images to train on.
        validation: Images to validate with, of the same classes, or None.
        fingerprints: Strings that identify the images, by option.
    """

    folder: ImageFolder
    validation: ImageFolder | None
    fingerprints: dict[str, str]

    def examples(self, balance: bool) -> Examples:
        """All images; they validate in turn, or those of `validation` do."""
        folder, validation = self.folder, self.validation
        count = len(folder.class_names)
        if validation is None:
            return cross_validated(folder.images, folder.labels, count, balance)
        return held_out(
            [*folder.images, *validation.images],
            np.concatenate([folder.labels, validation.labels]),
            count,
            np.arange(len(folder) + len(validation)) >= len(folder),
            balance,
        )

    def split(self, share: float, balance: bool) -> Examples:
        """The same images, of which a share of each class only validates."""
        if self.validation is not None:
            return self.examples(balance)
        folder = self.folder
        validates = np.zeros(len(folder), bool)
        validates[folder.split(share)[1]] = True
        count = len(folder.class_names)
        return held_out(folder.images, folder.labels, count, validates, balance)
