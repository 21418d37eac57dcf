import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.layers import Rasterize
from tests.layer_checks import BACKEND, examples, gradients
from tests.support import numpy_of


def scene(batch=2, count=5, channels=3, seed=0):
    """Points within and beyond a grid of 12x8, and their features."""
    random = np.random.default_rng(seed)
    points = random.uniform(-7, 7, (batch, count, 2)).astype("float32")
    features = random.normal(size=(batch, count, channels)).astype("float32")
    return points, features


def looped(points, features, grid, extent, sigma):
    """Cell by cell."""
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


@pytest.mark.parametrize("sigma", [None, 0.7, 3.0])
@pytest.mark.parametrize("grid", [(4, 6), (1, 1), (8, 3)])
def test_cell_by_cell(grid, sigma):
    points, features = scene()
    points[0, 1, 0] = points[1, 4, 1] = np.nan
    found = Rasterize(grid, (12, 8), sigma)(points, features)
    expected = looped(points, features, grid, (12, 8), sigma)
    np.testing.assert_allclose(numpy_of(found), expected, atol=1e-5)


@examples(25)
@given(
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.tuples(st.floats(0.5, 90), st.floats(0.5, 90)),
    st.one_of(st.none(), st.floats(0.05, 50)),
    st.integers(0, 9),
)
def test_nothing_is_lost(grid, extent, sigma, seed):
    points, features = scene(seed=seed)
    points *= 10
    found = numpy_of(Rasterize(grid, extent, sigma)(points, features))
    np.testing.assert_allclose(
        found.sum((1, 2)), features.sum(1), rtol=1e-4, atol=1e-4
    )


def test_bilinear_shares_are_centred_at_the_point():
    layer = Rasterize((6, 9), (18, 12))
    points = np.random.default_rng(0).uniform(-5, 5, (4, 1, 2))
    raster = numpy_of(layer(points.astype("float32"), np.ones((4, 1, 1))))
    x, y = layer.centres
    mean = [(raster[..., 0] * x).sum((1, 2)), raster[..., 0].sum(2) @ y]
    np.testing.assert_allclose(np.stack(mean, 1), points[:, 0], atol=1e-5)


def test_order_does_not_count():
    points, features = scene(count=7)
    layer = Rasterize((5, 5), (12, 12))
    order = np.random.default_rng(1).permutation(7)
    np.testing.assert_allclose(
        numpy_of(layer(points[:, order], features[:, order])),
        numpy_of(layer(points, features)),
        atol=1e-6,
    )


@pytest.mark.parametrize("count", [0, 1])
def test_few_points(count):
    points, features = scene(count=count)
    found = numpy_of(Rasterize((2, 3), (4, 4))(points, features))
    assert found.shape == (2, 2, 3, 3)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("sigma", [None, 1.5])
def test_gradients(sigma):
    points, features = scene(count=3)
    points = points * 0.5
    layer = Rasterize((4, 6), (12, 8), sigma)
    upstream = np.random.default_rng(2).normal(size=(2, 4, 6, 3))
    upstream = upstream.astype("float32")
    to_points, to_features = gradients(layer, [points, features], upstream)

    def value(points, features):
        raster = looped(points, features, (4, 6), (12, 8), sigma)
        return np.sum(raster * upstream)

    for array, found in ((points, to_points), (features, to_features)):
        wide = [points.astype("float64"), features.astype("float64")]
        which = 0 if array is points else 1
        for place in np.ndindex(array.shape):
            sides = []
            for step in (1e-5, -1e-5):
                moved = [a.copy() for a in wide]
                moved[which][place] += step
                sides.append(value(*moved))
            slope = (sides[0] - sides[1]) / 2e-5
            np.testing.assert_allclose(found[place], slope, atol=1e-3)


def test_a_missing_point_has_no_gradient_that_is_no_number():
    points, features = scene()
    points[0, 2] = np.nan
    layer = Rasterize((4, 6), (12, 8), 1.0)
    upstream = np.ones((2, 4, 6, 3), "float32")
    for gradient in gradients(layer, [points, features], upstream):
        assert np.isfinite(gradient).all()


def test_halves_do_not_move_points():
    points = np.array([[[50.3, 33.1]]], "float32")
    layer = Rasterize((68, 105), (105, 68), dtype="mixed_bfloat16")
    x, y = layer.centres
    raster = layer(points, np.ones((1, 1, 1), "float32"))
    assert keras.backend.standardize_dtype(raster.dtype) == "bfloat16"
    raster = numpy_of(keras.ops.cast(raster, "float32"))[0, :, :, 0]
    assert abs((raster * x).sum() - 50.3) < 0.2
    assert abs(raster.sum(1) @ y - 33.1) < 0.2


def test_it_is_saved_and_leaves_keras(tmp_path):
    inputs = keras.Input((None, 2)), keras.Input((None, 4))
    model = keras.Model(inputs, Rasterize((4, 6), (12, 8), 2.0)(*inputs))
    arrays = [scene(2, 5, 4), scene(1, 3, 4)]
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for points, features in arrays:
        np.testing.assert_array_equal(
            loaded.predict([points, features], verbose=0),
            model.predict([points, features], verbose=0),
        )
    if BACKEND != "tensorflow":
        return
    from convzoo.export import LiteRTModel
    from convzoo.export.litert import write_litert
    from convzoo.export.saved_model import write_saved_model

    served = keras.Model(model.inputs, model.outputs)
    served.serving_inputs = {
        "points": (None, None, 2),
        "features": (None, None, 4),
    }
    served.serve = lambda points, features: {
        "outputs": model([points, features])
    }
    write_saved_model(served, tmp_path / "saved")
    write_litert(tmp_path / "saved", tmp_path / "model.tflite")
    run = LiteRTModel(tmp_path / "model.tflite")
    for points, features in arrays:
        points[0, 0] = np.nan
        found = run(points=points, features=features)["outputs"]
        expected = numpy_of(model([points, features]))
        np.testing.assert_allclose(found, expected, atol=1e-5)


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


def test_rank_is_quoted():
    with pytest.raises(ValueError, match="Rasterize needs .* rank 3"):
        Rasterize(3, (4, 4))(np.zeros((5, 2)), np.zeros((5, 1)))
