"""What the evaluation of a classifier found."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convzoo.training.classification.class_accuracies import (
    ClassAccuracy,
    class_accuracies,
)
from convzoo.training.classification.classification_quality import (
    ClassificationQuality,
)
from convzoo.training.classification.confusion_matrix import confusion_matrix
from convzoo.training.classification.resizing import Resizing
from convzoo.training.classification.wilson_interval import wilson_interval


class ClassifierReport(NamedTuple):
    """Results of `evaluate_classifier`.

    Attributes:
        quality: Metrics.
        class_names: Name of each class of the model.
        labels: True class of each image, integers `(images,)`.
        predicted: Most probable class of each image, integers.
        confidence: Its probability.
        sizes: Rows and columns of the images, scaled by `resizing.scale`,
            `(images, 2)`.
        resizing: How they were resized before they were classified.
        images: The images as they were read, uint8 `(height, width, 3)`.
        paths: Path of each image below the folder, or its number.
    """

    quality: ClassificationQuality
    class_names: list[str]
    labels: np.ndarray
    predicted: np.ndarray
    confidence: np.ndarray
    sizes: np.ndarray
    resizing: Resizing
    images: Sequence[np.ndarray]
    paths: list[str]

    @property
    def right(self) -> np.ndarray:
        """Whether each prediction is correct, booleans `(images,)`."""
        return self.labels == self.predicted

    @property
    def confusion(self) -> np.ndarray:
        """Confusion matrix, see `confusion_matrix`."""
        return confusion_matrix(
            self.labels, self.predicted, len(self.class_names)
        )

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """Ends of the 95 % interval of the accuracy."""
        low, high = wilson_interval(int(self.right.sum()), len(self.right))
        return float(low), float(high)

    @property
    def classes(self) -> list[ClassAccuracy]:
        """Accuracy of each class that has images."""
        return class_accuracies(self.labels, self.predicted, self.class_names)
