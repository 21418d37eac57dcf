"""rotated_features: same distances, same regression."""

import numpy as np
import pytest

from convzoo.training.classification.transfer.dense_head import logistic_head
from convzoo.training.classification.transfer.rotated_features import (
    rotated_features,
)
from tests.training.classification.transfer.test_dense_head import clusters


@pytest.mark.parametrize("length", [12, 300])
def test_the_regression_is_the_same(length):
    features, labels = clusters(4, length=length)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    rotated = rotated_features(features)
    # 80 images span 80 dimensions.
    assert rotated.values.shape[1] == min(length, 80)
    np.testing.assert_allclose(
        rotated.values @ rotated.values.T, features @ features.T, atol=1e-4
    )
    head = rotated.restored(logistic_head(rotated.values, labels, 4, 30.0))
    expected = logistic_head(features, labels, 4, 30.0)
    new = clusters(4, length=length, seed=1)[0]
    new /= np.linalg.norm(new, axis=1, keepdims=True)
    np.testing.assert_allclose(
        head.logits(new), expected.logits(new), atol=0.02
    )


def test_equal_images_span_one_dimension():
    features = np.ones((5, 20), "float32")
    assert rotated_features(features).values.shape == (5, 1)
