import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from convzoo.training.classification import predictions as predictions_module
from convzoo.training.classification.classification_quality import (
    classification_quality,
)
from convzoo.training.classification.confusion_matrix import confusion_matrix
from convzoo.training.classification.predictions import predictions
from convzoo.training.classification.softmax import softmax


def test_by_hand():
    # Confidences: 0.8, 0.6, 0.5 and 0.9; the first and last are correct.
    probabilities = np.array(
        [[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.05, 0.05, 0.9]]
    )
    labels = np.array([0, 1, 0, 2])
    quality = classification_quality(np.log(probabilities), labels)
    assert quality.accuracy == 0.5
    # Accuracy per class: 1/2, 0 and 1.
    np.testing.assert_allclose(quality.class_accuracy, 0.5)
    np.testing.assert_allclose(quality.confidence, (0.8 + 0.6 + 0.5 + 0.9) / 4)
    # Each prediction is alone in its bin of width 1/15.
    expected = (0.2 + 0.6 + 0.5 + 0.1) / 4
    np.testing.assert_allclose(quality.calibration_error, expected)
    expected = -np.log([0.8, 0.3, 0.2, 0.9]).mean()
    np.testing.assert_allclose(quality.loss, expected)


def test_bins_hold_what_is_alike():
    # Three of four are correct at a confidence of 0.75: perfect calibration.
    logits = np.log(np.tile([0.75, 0.25], (4, 1)))
    quality = classification_quality(logits, np.array([0, 0, 0, 1]))
    np.testing.assert_allclose(quality.calibration_error, 0, atol=1e-12)
    quality = classification_quality(logits, np.array([0, 0, 1, 1]))
    np.testing.assert_allclose(quality.calibration_error, 0.25)


def test_a_class_without_images_does_not_count():
    logits = np.eye(3)[[0, 1]]
    assert classification_quality(logits, np.array([0, 1])).class_accuracy == 1


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.integers(2, 6), st.integers(0, 999))
def test_confusion_by_loops(images, classes, seed):
    random = np.random.default_rng(seed)
    logits = random.normal(size=(images, classes))
    labels = random.integers(classes, size=images)
    expected = np.zeros((classes, classes), int)
    for row, label in zip(logits, labels, strict=True):
        expected[label, max(range(classes), key=lambda c: row[c])] += 1
    found = confusion_matrix(labels, logits.argmax(axis=1), classes)
    np.testing.assert_array_equal(found, expected)
    accuracy = classification_quality(logits, labels).accuracy
    np.testing.assert_allclose(accuracy, np.trace(expected) / images)


def test_softmax_of_what_would_overflow():
    found = softmax(np.array([[1e4, 0.0], [-1e4, -1e4]], "float32"))
    np.testing.assert_allclose(found, [[1, 0], [0.5, 0.5]])


def test_blocks_of_images_change_nothing(monkeypatch):
    random = np.random.default_rng(0)
    logits = random.normal(size=(7, 3))
    labels = random.integers(3, size=7)
    expected = softmax(logits)
    monkeypatch.setattr(predictions_module, "_AT_ONCE", 6)
    found = predictions(logits, labels)
    np.testing.assert_array_equal(found.confidence, expected.max(axis=1))
    np.testing.assert_array_equal(
        found.likelihood, expected[np.arange(7), labels]
    )
