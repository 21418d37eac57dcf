import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.losses import Charbonnier, Luma
from tests.layer_checks import examples
from tests.loss_checks import random_pair
from tests.support import numpy_of, run_loss_test


@pytest.mark.parametrize(
    "arguments",
    [{}, {"loss": Charbonnier(0.1), "rgb_weight": 0.5}, {"rgb_weight": 0}],
    ids=["default", "a loss", "luma alone"],
)
def test_loss(arguments, tmp_path):
    epsilon = 0.15 if "loss" in arguments else 0.0
    run_loss_test(
        Luma,
        arguments,
        random_pair((3, 8, 7, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((2, 1, 9, 3))],
        identical=epsilon,
    )


@pytest.mark.parametrize("power", [1, 2])
def test_luma_is_that_of_scikit_image(power):
    color = pytest.importorskip("skimage.color")
    y_true, y_pred = random_pair((3, 6, 5, 3))
    # scikit-image's Y is in the studio range, 16..235.
    true, pred = (color.rgb2ycbcr(y)[..., 0] / 219 for y in (y_true, y_pred))
    expected = np.mean(np.abs(true - pred) ** power, axis=(1, 2))
    name = ["mean_absolute_error", "mean_squared_error"][power - 1]
    loss = Luma(name, rgb_weight=0, reduction="none")
    np.testing.assert_allclose(
        numpy_of(loss(y_true, y_pred)), expected, rtol=2e-5
    )


@examples(20)
@given(st.floats(0, 2), st.integers(0, 2**32 - 1))
def test_it_is_the_sum_of_two(rgb_weight, seed):
    y_true, y_pred = random_pair((2, 4, 3, 3), seed)
    difference = np.abs(y_pred.astype("float64") - y_true)
    luma = np.abs((y_pred - y_true).astype("float64") @ [0.299, 0.587, 0.114])
    expected = luma.mean((1, 2)) + rgb_weight * difference.mean((1, 2, 3))
    loss = Luma(rgb_weight=rgb_weight, reduction="none")
    np.testing.assert_allclose(
        numpy_of(loss(y_true, y_pred)), expected, rtol=1e-5
    )


def test_of_grey_images_it_is_the_loss_itself():
    y_true, y_pred = (np.repeat(y, 3, -1) for y in random_pair((2, 5, 4, 1)))
    expected = keras.losses.MeanSquaredError()(y_true, y_pred)
    found = Luma("mean_squared_error", rgb_weight=0)(y_true, y_pred)
    np.testing.assert_allclose(numpy_of(found), numpy_of(expected), rtol=1e-5)


def test_a_colour_of_equal_luma_is_seen_by_the_second_term_only():
    y_true = np.full((1, 4, 4, 3), 0.5, "float32")
    # 0.114 more red and 0.299 less blue give equal luma.
    y_pred = y_true + np.array([0.114, 0, -0.299], "float32")
    np.testing.assert_allclose(
        numpy_of(Luma(rgb_weight=0)(y_true, y_pred)), 0, atol=1e-7
    )
    np.testing.assert_allclose(
        numpy_of(Luma(rgb_weight=1)(y_true, y_pred)), 0.413 / 3, rtol=1e-5
    )


@pytest.mark.parametrize("weight", [-0.1, "1", None, np.nan, np.inf])
def test_bad_weight(weight):
    with pytest.raises(ValueError, match="`rgb_weight` .*Received: rgb_weight"):
        Luma(rgb_weight=weight)


@pytest.mark.parametrize("loss", ["luminous", None, 3])
def test_bad_loss(loss):
    with pytest.raises(ValueError, match="`loss` must be a loss.*Received"):
        Luma(loss)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 4, 4, 1), (2, 4, 4, 1)), "`y_true` must have 3 channels"),
        (((2, 4, 3), (2, 4, 3)), "`y_true` must have the shape"),
        (((2, 4, 4, 3), (2, 4, 5, 3)), "same shape"),
    ],
)
def test_bad_images(shapes, message):
    with pytest.raises(ValueError, match=message):
        Luma()(*map(np.zeros, shapes))
