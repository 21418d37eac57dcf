"""Results of a classifier that was never trained."""

import numpy as np
import pytest

from convzoo.training.classification.classification_quality import (
    classification_quality,
)
from convzoo.training.classification.classifier_report import ClassifierReport
from convzoo.training.classification.predictions import predictions
from convzoo.training.classification.resizing import Resizing


@pytest.fixture
def report_of():
    """Function that makes a report of true and predicted classes."""

    def make(labels, predicted, class_names, **others):
        labels, predicted = np.asarray(labels), np.asarray(predicted)
        random = np.random.default_rng(0)
        logits = np.zeros((len(labels), len(class_names)))
        chosen = np.arange(len(labels)), predicted
        logits[chosen] = random.uniform(1, 4, len(labels))
        confidence = predictions(logits, labels).confidence
        images = [
            random.integers(
                256, size=(*random.integers(4, 40, 2), 3), dtype="uint8"
            )
            for _ in labels
        ]
        fields = {
            "quality": classification_quality(logits, labels),
            "class_names": list(class_names),
            "labels": labels,
            "predicted": predicted,
            "confidence": confidence,
            "sizes": np.array([image.shape[:2] for image in images]),
            "resizing": Resizing(),
            "images": images,
            "paths": [
                f"{class_names[n]}/{i}.png" for i, n in enumerate(labels)
            ],
        }
        return ClassifierReport(**{**fields, **others})

    return make


@pytest.fixture
def figure():
    return pytest.importorskip("matplotlib.figure").Figure(layout="constrained")
