import numpy as np
from scipy.stats import binomtest

from convzoo.training.classification.figures.accuracy_by_size import (
    accuracy_by_size,
)


def test_by_hand():
    # The shorter sides are 4, 5, ..., 19, 20 images of each.
    sides = np.repeat(np.arange(4, 20), 20)
    sizes = np.stack([sides, sides + 30], axis=1)
    sizes[::2] = sizes[::2, ::-1]
    right = sides != 5
    groups = accuracy_by_size(right, sizes)
    assert [group[:3] for group in groups] == [
        (low, low + 1, 40) for low in range(4, 20, 2)
    ]
    assert [group.accuracy for group in groups] == [0.5] + [1] * 7
    np.testing.assert_allclose(groups[0].middle, np.sqrt(20))
    expected = binomtest(20, 40).proportion_ci(method="wilson")
    np.testing.assert_allclose(groups[0][4:], expected)


def test_few_images_are_one_group():
    sizes = np.stack([np.arange(1, 40)] * 2, axis=1)
    (group,) = accuracy_by_size(np.ones(39, bool), sizes)
    assert group[:3] == (1, 39, 39)
    sizes = np.stack([np.arange(1, 41)] * 2, axis=1)
    groups = accuracy_by_size(np.ones(40, bool), sizes)
    assert [group.images for group in groups] == [20, 20]


def test_equal_sizes_stay_together():
    sizes = np.full((50, 2), 320)
    (group,) = accuracy_by_size(np.ones(50, bool), sizes)
    assert group[:4] == (320, 320, 50, 1)
    sizes[:20] = 100
    groups = accuracy_by_size(np.ones(50, bool), sizes)
    assert [group[:3] for group in groups] == [(100, 100, 20), (320, 320, 30)]


def test_every_image_counts_once():
    random = np.random.default_rng(0)
    for count in (1, 2, 19, 20, 100, 1000):
        sizes = random.integers(1, 60, (count, 2))
        right = random.random(count) < 0.5
        groups = accuracy_by_size(right, sizes)
        assert sum(group.images for group in groups) == count
        assert len(groups) <= 8
        assert len(groups) == 1 or min(g.images for g in groups) >= 20
        total = sum(group.images * group.accuracy for group in groups)
        np.testing.assert_allclose(total, right.sum())
        for one, next_one in zip(groups, groups[1:], strict=False):
            assert one.longest < next_one.shortest
