import functools

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convzoo.losses import SSIM, ssim
from tests.layer_checks import BACKEND, compiled, examples, wide_enough
from tests.loss_checks import random_pair
from tests.losses import similarity
from tests.support import numpy_of, rest_long, run_loss_test

PIQ = similarity.references("ssim")
SKIMAGE = similarity.references("ssim_of_skimage")


def looped(x, y, size, sigma, c1, c2):
    """Compute the paper's equations per window of a plane, in float64."""
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
    rest_long(
        {}, {"max_val": 2.0, "filter_size": 4, "filter_sigma": 0.8, "k2": 0.1}
    ),
)
def test_loss(arguments, tmp_path):
    run_loss_test(
        SSIM,
        arguments,
        random_pair((3, 24, 19, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((2, 11, 30, 3))],
    )


@examples(20)
@given(
    st.integers(1, 12), st.integers(0, 5), st.integers(0, 5), st.integers(1, 3)
)
@pytest.mark.long
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


@pytest.mark.parametrize("name", similarity.PAIRS)
def test_values_of_piq_and_scikit_image(name):
    found = similarity.value(ssim, name)
    np.testing.assert_allclose(found, PIQ[name], rtol=0, atol=5e-6)
    np.testing.assert_allclose(found, SKIMAGE[name], rtol=0, atol=5e-6)
    with wide_enough("float64"):
        found = similarity.value(ssim, name, "float64")
    np.testing.assert_allclose(found, PIQ[name], rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", ["even", "odd", "patch", "grey", "large"])
def test_gradients_of_piq(name):
    similarity.check_gradient(ssim, "ssim", name, 1e-3)


@pytest.mark.long
def test_large_images_are_right_to_the_sixth_decimal():
    """A single sum over the image is wrong in the second decimal."""
    y = np.random.default_rng(0).uniform(size=(1, 2048, 2048, 1))
    with wide_enough("float64"):
        expected = numpy_of(ssim(y, 0.9 * y))
    found = numpy_of(ssim(y.astype("float32"), (0.9 * y).astype("float32")))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@pytest.mark.long
def test_long_sides_are_computed_in_parts():
    """The pieces overlap by one pixel less than a window."""
    x, y = random_pair((1, 531, 12, 1))
    pieces = [slice(0, 200), slice(190, 531)]
    each = [numpy_of(ssim(x[:, p], y[:, p]))[0] for p in pieces]
    expected = np.average(each, weights=[190, 331])
    np.testing.assert_allclose(numpy_of(ssim(x, y)), [expected], atol=1e-6)


def test_integers_are_not_computed_in_integers():
    x, y = similarity.PAIRS["patch"]
    found = ssim(np.expand_dims(x, 0), np.expand_dims(y, 0), max_val=255)
    np.testing.assert_allclose(numpy_of(found), PIQ["patch"], atol=5e-6)


def test_any_range_has_the_same_index():
    x, y = similarity.images("patch")
    found = numpy_of(ssim(30 * x, 30 * y, max_val=30.0))
    np.testing.assert_allclose(found, PIQ["patch"], atol=5e-6)


def test_order_does_not_matter():
    x, y = random_pair((2, 15, 15, 3))
    np.testing.assert_allclose(
        numpy_of(ssim(x, y)), numpy_of(ssim(y, x)), atol=1e-6
    )


def test_ranking():
    similarity.check_ranking(SSIM())


def test_empty_batch():
    empty = np.zeros((0, 12, 12, 3), "float32")
    assert tuple(ssim(empty, empty).shape) == (0,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_val", 0),
        ("max_val", "1"),
        ("filter_size", 2.5),
        ("filter_size", 0),
        ("filter_sigma", -1.0),
        ("k1", 0),
        ("k2", np.nan),
        ("check_range", 1),
    ],
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        SSIM(**{name: value})


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((1, 12, 12, 3), (1, 12, 13, 3)), "same shape.*13, 3"),
        (((1, 12, 12, 3), (1, 12, 12, 1)), "same shape"),
        (((2, 12, 12, 3), (1, 12, 12, 3)), "same shape"),
        (((12, 12, 3), (12, 12, 3)), "`y_true`.*batch.*12, 3"),
        (((1, 12, 12, 3), (12, 12, 3)), "`y_pred`.*batch"),
        (((1, 10, 12, 3), (1, 10, 12, 3)), "at least 11 pixels.*10, 12"),
    ],
)
def test_shapes_are_quoted(shapes, message):
    y_true, y_pred = (np.zeros(shape, "float32") for shape in shapes)
    with pytest.raises(ValueError, match=message):
        SSIM()(y_true, y_pred)


@pytest.mark.parametrize(
    ("max_val", "factors", "message"),
    [
        (1.0, (255, 255), "`y_true`.*0.0 to 1.0.*to 25"),
        (1.0, (1, 255), "`y_pred`.*0.0 to 1.0"),
        (255, (-1, 1), "`y_true`.*0.0 to 255.0"),
        (1.0, (np.nan, 1), "`y_true`"),
    ],
)
def test_wrong_ranges_are_quoted_where_asked_for(max_val, factors, message):
    noise = 0.1 + 0.9 * random_pair((2, 12, 12, 1))[0]
    pair = [noise * factor for factor in factors]
    SSIM(max_val)(*pair)
    with pytest.raises(ValueError, match=message):
        SSIM(max_val, check_range=True)(*pair)


def test_right_ranges_pass():
    noise, other = random_pair((2, 12, 12, 1))
    SSIM(check_range=True)(noise, 1.5 * other)
    SSIM(255, check_range=True)(255 * noise, 255 * other)


@pytest.mark.skipif(BACKEND == "torch", reason="it sees the values in fit too")
def test_ranges_are_not_looked_at_where_they_cannot_be():
    noise, other = random_pair((2, 12, 12, 1))
    inputs = keras.Input((12, 12, 1))
    model = keras.Model(inputs, keras.layers.Conv2D(1, 1)(inputs))
    model.compile("sgd", SSIM(check_range=True))
    model.fit(noise, 255 * other, verbose=0)


@pytest.mark.parametrize("k2", [0.03, 1e-6])
def test_window_of_one_pixel(k2):
    """A pixel has no variance: only luminance counts, in compilers too."""
    x, y = random_pair((2, 12, 9, 3))
    c1 = 1e-4
    luminance = (2.0 * x * y + c1) / (1.0 * x * x + y * y + c1)
    call = compiled(functools.partial(ssim, filter_size=1, k2=k2))
    if BACKEND == "tensorflow":
        import tensorflow as tf

        call = tf.function(call, jit_compile=True)
    found = numpy_of(call(*map(ops.convert_to_tensor, (x, y))))
    np.testing.assert_allclose(found, luminance.mean((1, 2, 3)), rtol=1e-5)
