"""Dense layers: against scikit-learn's own predictions, and by loops."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from convzoo.training.classification.transfer.dense_head import (
    class_mean_head,
    logistic_head,
)


def clusters(classes, count=20, length=12, seed=0):
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), count)
    centres = random.normal(size=(classes, length))
    values = centres[labels] + random.normal(size=(len(labels), length))
    return values.astype("float32"), labels


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_probabilities_are_those_of_scikit_learn(classes):
    features, labels = clusters(classes)
    head = logistic_head(features, labels, classes, 0.5)
    expected = LogisticRegression(C=0.5, max_iter=300).fit(features, labels)
    odds = np.exp(head.logits(features).astype("float64"))
    np.testing.assert_allclose(
        odds / odds.sum(axis=1, keepdims=True),
        expected.predict_proba(features),
        atol=1e-4,
    )


def test_balanced_classes_count_alike():
    features, labels = clusters(3)
    features, labels = features[:43], labels[:43]
    head = logistic_head(features, labels, 3, 0.5, balance=True)
    # 20, 20 and 3 images.
    weights = {0: 43 / 60, 1: 43 / 60, 2: 43 / 9}
    expected = LogisticRegression(C=0.5, class_weight=weights, max_iter=300)
    expected.fit(features, labels)
    np.testing.assert_allclose(head.kernel.T, expected.coef_, atol=1e-3)


def test_nearest_mean():
    features, labels = clusters(5)
    head = class_mean_head(features, labels, 5)
    means = [features[labels == label].mean(axis=0) for label in range(5)]
    for vector, logits in zip(features, head.logits(features), strict=True):
        distances = [np.sum((vector - mean) ** 2) for mean in means]
        # Half the squared distance, up to what is equal for all classes.
        np.testing.assert_allclose(
            logits - logits[0],
            -(np.array(distances) - distances[0]) / 2,
            atol=1e-4,
        )


def test_calibrated():
    features, labels = clusters(3)
    head = class_mean_head(features, labels, 3)
    np.testing.assert_allclose(
        head.calibrated(2.0).logits(features),
        head.logits(features) / 2,
        rtol=1e-5,
    )
