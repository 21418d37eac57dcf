import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.layers import Rasterize
from tests.layer_checks import examples, gradients
from tests.support import numpy_of, rest_long, run_layer_test


def scene(batch=2, count=5, channels=3, seed=0):
    """Return points inside and outside a 12x8 grid, with features."""
    random = np.random.default_rng(seed)
    points = random.uniform(-7, 7, (batch, count, 2))
    features = random.normal(size=(batch, count, channels))
    return np.concatenate([points, features], 2).astype("float32")


def looped(inputs, grid, extent, sigma):
    """Compute the raster cell by cell."""
    points, features = inputs[..., :2], inputs[..., 2:]
    rows, columns = grid
    raster = np.zeros((len(points), rows, columns, features.shape[2]))
    for b, i in np.ndindex(points.shape[:2]):
        if np.isnan(points[b, i]).any():
            continue
        shares = [
            shares_of(points[b, i, axis], count, extent[axis], sigma)
            for axis, count in enumerate((columns, rows))
        ]
        for row, column in np.ndindex(rows, columns):
            share = shares[1][row] * shares[0][column]
            raster[b, row, column] += share * features[b, i]
    return raster


def shares_of(place, count, length, sigma):
    step = length / count
    centres = [-length / 2 + step * (k + 0.5) for k in range(count)]
    if sigma is not None:
        shares = [np.exp(-(((place - c) / sigma) ** 2) / 2) for c in centres]
        return np.array(shares) / sum(shares)
    place = min(max(place, centres[0]), centres[-1])
    return np.array([max(0, 1 - abs(place - c) / step) for c in centres])


@pytest.mark.parametrize("sigma", rest_long(None, 0.8))
def test_layer(sigma, tmp_path):
    run_layer_test(
        Rasterize,
        {"grid": (4, 6), "extent": (12, 8.5), "sigma": sigma},
        (2, 5, 5),
        (2, 4, 6, 3),
        folder=tmp_path,
        other_shapes=[(1, 22, 5), (3, 1, 5)],
    )


@pytest.mark.parametrize("sigma", [None, 0.7, 3.0])
@pytest.mark.parametrize("grid", [(4, 6), (1, 1), (8, 3)])
def test_cell_by_cell(grid, sigma):
    points = scene()
    points[0, 1, 0] = points[1, 4, 1] = np.nan
    found = Rasterize(grid, (12, 8), sigma)(points)
    expected = looped(points, grid, (12, 8), sigma)
    np.testing.assert_allclose(numpy_of(found), expected, atol=1e-5)


@examples(25)
@given(
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.tuples(st.floats(0.5, 90), st.floats(0.5, 90)),
    st.one_of(st.none(), st.floats(0.05, 50)),
    st.integers(0, 9),
)
def test_nothing_is_lost(grid, extent, sigma, seed):
    points = scene(seed=seed)
    points[..., :2] *= 10
    found = numpy_of(Rasterize(grid, extent, sigma)(points))
    np.testing.assert_allclose(
        found.sum((1, 2)), points[..., 2:].sum(1), rtol=1e-4, atol=1e-4
    )


def test_bilinear_shares_are_centred_at_the_point():
    layer = Rasterize((6, 9), (18, 12))
    points = np.ones((4, 1, 3), "float32")
    points[..., :2] = np.random.default_rng(0).uniform(-5, 5, (4, 1, 2))
    raster = numpy_of(layer(points))[..., 0]
    x, y = layer.centres
    mean = np.stack([(raster * x).sum((1, 2)), raster.sum(2) @ y], axis=1)
    np.testing.assert_allclose(mean, points[:, 0, :2], atol=1e-5)


def test_order_does_not_count():
    points = scene(count=7)
    layer = Rasterize((5, 5), (12, 12))
    order = np.random.default_rng(1).permutation(7)
    np.testing.assert_allclose(
        numpy_of(layer(points[:, order])), numpy_of(layer(points)), atol=1e-6
    )


def test_no_point_leaves_nothing():
    found = numpy_of(Rasterize((2, 3), (4, 4))(scene(count=0)))
    np.testing.assert_array_equal(found, np.zeros((2, 2, 3, 3)))


@pytest.mark.parametrize("sigma", [None, 1.5])
def test_gradients(sigma):
    points = scene(count=3)
    points[..., :2] *= 0.5
    layer = Rasterize((4, 6), (12, 8), sigma)
    upstream = np.random.default_rng(2).normal(size=(2, 4, 6, 3))
    upstream = upstream.astype("float32")
    (found,) = gradients(layer, [points], upstream)

    def value(points):
        return np.sum(looped(points, (4, 6), (12, 8), sigma) * upstream)

    for place in np.ndindex(points.shape):
        step = np.zeros(points.shape)
        step[place] = 1e-5
        slope = (value(points + step) - value(points - step)) / 2e-5
        np.testing.assert_allclose(found[place], slope, atol=1e-3)


@pytest.mark.parametrize("sigma", [None, 1.5])
def test_a_missing_point_has_a_gradient_of_zero(sigma):
    points = scene()
    points[0, 2, :2] = np.nan
    layer = Rasterize((4, 6), (12, 8), sigma)
    upstream = np.ones((2, 4, 6, 3), "float32")
    (gradient,) = gradients(layer, [points], upstream)
    np.testing.assert_array_equal(gradient[0, 2], 0)


def test_halves_do_not_move_points():
    points = np.array([[[50.3, 33.1, 1.0]]], "float32")
    layer = Rasterize((68, 105), (105, 68), dtype="mixed_bfloat16")
    x, y = layer.centres
    raster = layer(points)
    assert keras.backend.standardize_dtype(raster.dtype) == "bfloat16"
    raster = numpy_of(keras.ops.cast(raster, "float32"))[0, :, :, 0]
    assert abs((raster * x).sum() - 50.3) < 0.2
    assert abs(raster.sum(1) @ y - 33.1) < 0.2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grid", 0),
        ("grid", (3, "4")),
        ("extent", 5),
        ("extent", (5, 0)),
        ("extent", (5, np.nan)),
        ("sigma", 0),
        ("sigma", "1"),
    ],
)
def test_arguments_are_quoted(name, value):
    arguments = {"grid": (3, 4), "extent": (8, 6), name: value}
    with pytest.raises(ValueError, match=f"`{name}.*Received: {name}"):
        Rasterize(**arguments)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((5, 3), "needs an input of rank 3"),
        ((1, 5, 2), "needs x, y and a feature"),
        ((1, 5, None), "number of channels"),
    ],
)
def test_shapes_are_quoted(shape, message):
    with pytest.raises(ValueError, match=f"{message}.*Received: input_shape"):
        Rasterize(3, (4, 4)).build(shape)
