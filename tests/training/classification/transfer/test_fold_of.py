"""fold_of: blocks of each class, and what is always learned."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from convzoo.training.classification.transfer.fold_of import fold_of


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_each_class_is_always_learned(labels):
    labels = np.array(labels)
    folds = fold_of(labels, 5)
    for label in np.unique(labels):
        own = folds[labels == label]
        if len(own) == 1:
            assert own[0] == -1
            continue
        assert own.min() >= 0
        # Without any fold, images of the class are left to learn from.
        assert len(np.unique(own)) >= min(2, len(own))
        # A fold is one block.
        assert (np.diff(own) != 0).sum() == len(np.unique(own)) - 1


def test_equal_folds():
    folds = fold_of(np.repeat([0, 1, 2], 30), 5)
    assert np.bincount(folds).tolist() == [18] * 5


def test_small_classes_are_spread_over_the_folds():
    folds = fold_of(np.repeat(np.arange(50), 2), 5)
    assert np.bincount(folds).tolist() == [20] * 5
