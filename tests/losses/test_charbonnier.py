import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.losses import Charbonnier, charbonnier
from tests.layer_checks import examples, gradients
from tests.loss_checks import random_pair
from tests.support import numpy_of, rest_long, run_loss_test


@pytest.mark.parametrize("epsilon", rest_long(1e-3, 0.5))
def test_loss(epsilon, tmp_path):
    run_loss_test(
        Charbonnier,
        {"epsilon": epsilon},
        random_pair((3, 8, 7, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((2, 1, 9, 3))],
        identical=epsilon,
    )


def test_by_hand():
    y_true = np.zeros((2, 2), "float32")
    y_pred = np.array([[0.3, -0.4], [0, 1.2]], "float32")
    # Sides of right triangles: 0.3, 0.4, 0.5 and 0.5, 1.2, 1.3.
    expected = [(0.5 + np.hypot(0.4, 0.4)) / 2]
    found = numpy_of(charbonnier(y_true, y_pred, epsilon=0.4))
    np.testing.assert_allclose(found[:1], expected, rtol=1e-6)
    found = numpy_of(charbonnier(y_true, y_pred, epsilon=0.5))
    np.testing.assert_allclose(found[1], (0.5 + 1.3) / 2, rtol=1e-6)


def test_epsilon_is_that_of_basicsr_squared():
    y_true, y_pred = random_pair((2, 5, 4, 3))
    difference = y_pred.astype("float64") - y_true
    expected = np.mean(np.sqrt(difference**2 + 1e-12), axis=(1, 2, 3))
    found = numpy_of(charbonnier(y_true, y_pred, epsilon=1e-6))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@examples(20)
@given(st.floats(1e-12, 10), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_values_and_gradients_in_closed_form(epsilon, rank, seed):
    random = np.random.default_rng(seed)
    shape = random.integers(1, 6, size=rank)
    y_true, y_pred = random.normal(size=(2, *shape)).astype("float32")
    difference = y_pred.astype("float64") - y_true
    roots = np.sqrt(difference**2 + epsilon**2)
    expected = np.mean(roots.reshape(len(roots), -1), axis=1)
    found = numpy_of(charbonnier(y_true, y_pred, epsilon))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert np.all(found >= np.float32(epsilon) * (1 - 1e-6))
    count = difference[0].size
    _, found = gradients(
        lambda x, y: charbonnier(x, y, epsilon),
        [y_true, y_pred],
        np.ones(len(y_true), "float32"),
    )
    expected = difference / roots / count
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_smallest_epsilon_has_a_gradient_at_0():
    zeros = np.zeros((1, 4), "float32")
    found = gradients(
        lambda x, y: charbonnier(x, y, 1e-12),
        [zeros, zeros],
        np.ones(1, "float32"),
    )
    np.testing.assert_array_equal(found, 0)


@pytest.mark.parametrize("epsilon", [0, -1e-3, 1e-13, "1", None, np.nan])
def test_bad_epsilon(epsilon):
    with pytest.raises(ValueError, match="`epsilon` .*Received: epsilon="):
        Charbonnier(epsilon)


def test_bad_shapes():
    with pytest.raises(ValueError, match=r"same shape.*\(2, 3\).*\(2, 4\)"):
        charbonnier(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(ValueError, match=r"`y_true` .*\(batch, \.\.\.\)"):
        charbonnier(np.zeros(()), np.zeros(()))
