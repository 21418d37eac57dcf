import numpy as np

from convzoo.training.classification.figures.shown_classes import shown_classes


def test_in_the_order_of_their_names():
    names = ["sign 10", "Sign 9", "b", "a", "absent", "2", "²"]
    labels = np.array([0, 1, 2, 3, 5, 6])
    shown, occurring = shown_classes(labels, labels, names, 50)
    assert [names[i] for i in shown] == [
        "2",
        "a",
        "b",
        "Sign 9",
        "sign 10",
        "²",
    ]
    assert occurring == 6


def test_predicted_classes_count():
    shown, occurring = shown_classes(np.array([0]), np.array([2]), "abc", 50)
    assert (shown, occurring) == ([0, 2], 2)


def test_the_most_confused_of_many():
    # 7 is taken for 3 twice, and 5 for 3 once.
    labels = np.array([*range(10), 7, 7, 5])
    predicted = np.array([*range(10), 3, 3, 3])
    names = [f"class {i}" for i in range(10)]
    assert shown_classes(labels, predicted, names, 2) == ([3, 7], 10)
    assert shown_classes(labels, predicted, names, 3) == ([3, 5, 7], 10)
