import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convzoo.losses import SSIM, ssim
from tests.loss_checks import random_pair
from tests.support import numpy_of, run_loss_test


def looped(x, y, size, sigma, c1, c2):
    """The equations of the paper, window by window, in float64; one plane."""
    distance = np.arange(size) - (size - 1) / 2
    weights = np.exp(-(distance**2) / (2 * sigma**2))
    weights = np.outer(weights, weights)
    weights /= weights.sum()
    values = []
    for row in range(x.shape[0] - size + 1):
        for column in range(x.shape[1] - size + 1):
            here = slice(row, row + size), slice(column, column + size)
            mean_x, mean_y = (np.sum(weights * z[here]) for z in (x, y))
            dx, dy = x[here] - mean_x, y[here] - mean_y
            vx, vy, cov = (
                np.sum(weights * z) for z in (dx * dx, dy * dy, dx * dy)
            )
            values.append(
                (2 * mean_x * mean_y + c1)
                * (2 * cov + c2)
                / ((mean_x**2 + mean_y**2 + c1) * (vx + vy + c2))
            )
    return np.mean(values)


@pytest.mark.parametrize(
    "arguments",
    [{}, {"max_val": 2.0, "filter_size": 4, "filter_sigma": 0.8, "k2": 0.1}],
)
def test_loss(arguments, tmp_path):
    run_loss_test(
        SSIM,
        arguments,
        random_pair((3, 24, 19, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((2, 11, 30, 3))],
    )


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 12), st.integers(0, 5), st.integers(0, 5), st.integers(1, 3)
)
def test_any_size_as_loops(size, more_rows, more_columns, channels):
    shape = (1, size + more_rows, size + more_columns, channels)
    x, y = random_pair(shape)
    expected = np.mean(
        [
            looped(x[0, :, :, c], y[0, :, :, c], size, 1.5, 1e-4, 9e-4)
            for c in range(channels)
        ]
    )
    found = numpy_of(ssim(x, y, filter_size=size))
    np.testing.assert_allclose(found, [expected], atol=5e-6)
