"""calibrated_figures: how certain a network is does not matter."""

import numpy as np
import pytest

from convzoo.training.classification.calibrated_figures import (
    calibrated_figures,
)


def test_the_scale_of_the_logits_does_not_matter():
    random = np.random.default_rng(0)
    labels = random.integers(0, 4, 60)
    logits = random.normal(size=(60, 4)) + 2 * np.eye(4)[labels]
    first = calibrated_figures(logits, labels)
    second = calibrated_figures(5 * logits, labels)
    assert first == pytest.approx(second, abs=1e-4)
    accuracy = (logits.argmax(axis=1) == labels).mean()
    assert first["validation_accuracy"] == pytest.approx(accuracy)
    assert first["validation_images"] == 60


def test_no_images():
    none = np.zeros((0, 4)), np.zeros(0, int)
    assert calibrated_figures(*none) == {}
