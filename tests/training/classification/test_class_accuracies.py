import numpy as np
from scipy.stats import binomtest

from convzoo.training.classification.class_accuracies import class_accuracies


def test_by_hand():
    labels = np.array([0, 0, 0, 0, 2, 2, 3])
    predicted = np.array([0, 2, 3, 3, 2, 2, 1])
    found = class_accuracies(labels, predicted, ["a", "b", "c", "d"])
    assert [each[:3] for each in found] == [
        ("a", 4, 1),
        ("c", 2, 2),
        ("d", 1, 0),
    ]
    assert [each.taken_for for each in found] == ["d", None, "b"]
    for each in found:
        low, high = binomtest(each.right, each.images).proportion_ci(
            method="wilson"
        )
        np.testing.assert_allclose(
            each[3:6], [each.right / each.images, low, high]
        )


def test_without_a_mistake():
    (one, two) = class_accuracies(np.arange(2), np.arange(2), "ab")
    assert one.taken_for is two.taken_for is None
