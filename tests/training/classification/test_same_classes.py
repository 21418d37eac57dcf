"""Classes of two sets; thousands of them are not listed."""

import pytest

from convzoo.training.classification.same_classes import check_same_classes


def test_equal_classes_pass():
    check_same_classes(["a", "b"], ["a", "b"])


@pytest.mark.parametrize(
    ("classes", "validation", "told"),
    [
        (["a", "b"], ["a", "c"], "b missing, c unknown$"),
        (["a", "b"], ["a"], "Received: b missing$"),
        (["a", "b"], ["b", "a"], "the same classes in another order$"),
        (
            [str(n) for n in range(10_000)],
            ["x"],
            "Received: 0, 1, 10, 100, 1000, ... missing, x unknown$",
        ),
    ],
)
def test_others_are_named(classes, validation, told):
    with pytest.raises(ValueError, match=told):
        check_same_classes(classes, validation)
