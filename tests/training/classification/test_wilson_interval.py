import numpy as np
import pytest
from scipy.stats import binomtest

from convzoo.training.classification.wilson_interval import wilson_interval


@pytest.mark.parametrize(
    ("right", "total"), [(0, 1), (1, 1), (0, 30), (30, 30), (7, 9), (663, 671)]
)
def test_like_scipy(right, total):
    test = binomtest(right, total).proportion_ci(0.95, method="wilson")
    found = wilson_interval(right, total)
    np.testing.assert_allclose(found, test, atol=1e-12)


def test_published():
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3.
    for right, total, expected in (
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ):
        found = wilson_interval(right, total)
        np.testing.assert_allclose(found, expected, atol=5e-5)


def test_arrays_and_no_image():
    low, high = wilson_interval(np.array([3, 0]), np.array([4, 0]))
    assert (low[0], high[0]) == wilson_interval(3, 4)
    assert (low[1], high[1]) == (0, 1)


def test_the_share_lies_inside():
    for total in range(1, 300):
        low, high = wilson_interval(np.array([0, total]), total)
        assert low[0] == 0 and high[1] == 1
