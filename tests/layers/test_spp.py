import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convzoo.layers import SPP
from tests.layer_checks import examples, gradients, wide_enough
from tests.support import FIXTURES, numpy_of, rest_long, run_layer_test

REDUCE = {"max": np.max, "average": np.mean}


def pyramid(maps, bins, pooling):
    """Pool by loops over levels, rows and columns to `(batch, bins, channels)`.

    A pixel belongs to each bin that it overlaps. Bins have fractional bounds,
    unlike the integer bounds of the layer.
    """
    height, width = maps.shape[1:3]
    pooled = []
    for level in bins:
        rows, columns = (level, level) if isinstance(level, int) else level
        for row in range(rows):
            inside_y = overlapping(row, rows, height)
            for column in range(columns):
                inside_x = overlapping(column, columns, width)
                area = maps[:, inside_y][:, :, inside_x]
                pooled.append(REDUCE[pooling](area, axis=(1, 2)))
    return np.stack(pooled, axis=1)


def overlapping(index, count, length):
    return [
        pixel
        for pixel in range(length)
        if (pixel + 1) * count > index * length
        and pixel * count < (index + 1) * length
    ]


@pytest.mark.parametrize(
    ("arguments", "output_shape"),
    rest_long(
        ({"bins": (1, 2, (3, 4))}, (2, 17 * 3)),
        ({"bins": [3], "pooling": "average", "flatten": False}, (2, 9, 3)),
    ),
)
def test_layer(arguments, output_shape, tmp_path):
    run_layer_test(
        SPP,
        arguments,
        (2, 9, 7, 3),
        output_shape,
        folder=tmp_path,
        other_shapes=[(1, 12, 16, 3), (3, 1, 2, 3)],
    )


@pytest.mark.parametrize("pooling", rest_long("max", "average"))
def test_layer_channels_first(pooling, tmp_path):
    arguments = {"pooling": pooling, "data_format": "channels_first"}
    run_layer_test(
        SPP,
        arguments,
        (2, 3, 9, 7),
        (2, 21 * 3),
        folder=tmp_path,
        other_shapes=[(1, 3, 12, 16), (3, 3, 1, 2)],
    )


@examples(30)
@given(
    st.tuples(st.integers(1, 3), st.integers(1, 13), st.integers(1, 13)),
    st.lists(
        st.one_of(
            st.integers(1, 6), st.tuples(st.integers(1, 5), st.integers(1, 5))
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["max", "average"]),
)
@pytest.mark.long
def test_any_size_and_bins_as_loops(shape, bins, pooling):
    maps = np.random.default_rng(0).normal(size=(*shape, 2)).astype("float32")
    found = numpy_of(SPP(bins, pooling, flatten=False)(maps))
    np.testing.assert_allclose(found, pyramid(maps, bins, pooling), atol=1e-6)


def test_bins_that_share_a_row():
    """7 rows in 3 bins: rows 0 to 2, 2 to 4 and 4 to 6."""
    rows = np.arange(7, dtype="float32").reshape(1, 7, 1, 1)
    found = SPP(bins=[(3, 1)], pooling="average")(rows)
    np.testing.assert_allclose(numpy_of(found), [[1, 3, 5]])


def test_values_worked_by_hand():
    maps = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
    found = numpy_of(SPP(bins=(1, 2), pooling="average")(maps))
    np.testing.assert_allclose(found, [[7.5, 2.5, 4.5, 10.5, 12.5]])
    found = numpy_of(SPP(bins=(1, 2))(maps))
    np.testing.assert_allclose(found, [[15, 5, 7, 13, 15]])


@pytest.mark.parametrize(
    ("name", "bins"), [("square", (1, 2, 3, 6)), ("wide", (1, 2, (4, 5)))]
)
def test_pyramids_of_tensorflow_addons(name, bins):
    with np.load(FIXTURES / "pooling.npz") as arrays:
        inputs = arrays[f"pyramid/{name}/inputs"]
        expected = arrays[f"pyramid/{name}/average"]
    found = numpy_of(SPP(bins, "average", flatten=False)(inputs))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.parametrize(
    ("name", "bins"), [("square", 3), ("wide", 2), ("rows", (3, 1))]
)
def test_adaptive_pooling_of_tensorflow_addons(name, bins, pooling):
    with np.load(FIXTURES / "pooling.npz") as arrays:
        inputs = arrays[f"adaptive/{name}/inputs"]
        expected = arrays[f"adaptive/{name}/{pooling}"]
    found = numpy_of(SPP([bins], pooling, flatten=False)(inputs))
    np.testing.assert_allclose(found, expected.reshape(found.shape), atol=1e-6)


@pytest.mark.parametrize("pooling", ["max", "average"])
def test_one_bin_is_global_pooling(pooling):
    maps = np.random.default_rng(0).normal(size=(2, 5, 8, 3)).astype("float32")
    whole = {
        "max": keras.layers.GlobalMaxPooling2D(),
        "average": keras.layers.GlobalAveragePooling2D(),
    }[pooling]
    np.testing.assert_allclose(
        numpy_of(SPP([1], pooling)(maps)), numpy_of(whole(maps)), atol=1e-6
    )


@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.parametrize("padding", [0.0, 1e9, np.nan, np.inf])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.long
def test_padded_maps_are_pooled_as_if_alone(pooling, padding, data_format):
    random = np.random.default_rng(0)
    sizes = [(9, 7), (1, 1), (4, 7), (9, 2)]
    batch = np.full((4, 9, 7, 3), padding, "float32")
    alone = []
    pool = SPP((1, 2, (3, 4)), pooling, data_format=data_format)
    for index, (height, width) in enumerate(sizes):
        one = random.normal(size=(1, height, width, 3)).astype("float32")
        batch[index, :height, :width] = one
        alone.append(numpy_of(pool(ordered(one, data_format))))
    found = pool(ordered(batch, data_format), sizes=np.array(sizes))
    np.testing.assert_allclose(
        numpy_of(found), np.concatenate(alone), atol=1e-6
    )


def ordered(maps, data_format):
    first = data_format == "channels_first"
    return np.transpose(maps, (0, 3, 1, 2)) if first else maps


@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.long
def test_padding_gets_no_gradient(pooling):
    maps = np.random.default_rng(0).normal(size=(2, 5, 6, 2)).astype("float32")
    pool, sizes = SPP((1, 3), pooling), np.array([[2, 3], [5, 1]])
    (found,) = gradients(
        lambda x: pool(x, sizes=sizes), [maps], np.ones((2, 20), "float32")
    )
    assert np.all(found[0, 2:] == 0) and np.all(found[0, :, 3:] == 0)
    assert np.all(found[1, :, 1:] == 0)
    # Valid pixels receive the whole upstream gradient, 1 for each output.
    np.testing.assert_allclose(found.sum(axis=(1, 2, 3)), [20, 20], rtol=1e-5)


def gradient_by_loops(maps, bins, weights):
    """Give each weight to the first largest pixel of its bin.

    The first is the topmost one in the leftmost column that has one.
    """
    found = np.zeros_like(maps)
    height, width, channels = maps.shape
    position = 0
    for level in bins:
        rows, columns = (level, level) if isinstance(level, int) else level
        for row in range(rows):
            for column in range(columns):
                pixels = [
                    (y, x)
                    for x in overlapping(column, columns, width)
                    for y in overlapping(row, rows, height)
                ]
                for channel in range(channels):
                    values = [maps[y, x, channel] for y, x in pixels]
                    y, x = pixels[int(np.argmax(values))]
                    found[y, x, channel] += weights[position, channel]
                position += 1
    return found


@pytest.mark.parametrize("bins", [(1,), (2,), ((3, 4),)])
@pytest.mark.parametrize("shape", [(7, 10), (4, 4), (2, 3), (1, 1)])
def test_the_first_of_equal_pixels_has_the_gradient(bins, shape):
    random = np.random.default_rng(0)
    maps = random.integers(0, 3, (2, *shape, 3)).astype("float32")
    check_gradient(maps, bins, random)


@pytest.mark.parametrize("bins", [(1, 2, 3, 6), (2, (3, 1), (1, 5))])
@pytest.mark.parametrize("shape", [(13, 10), (5, 2)])
def test_levels_add_their_gradients(bins, shape):
    random = np.random.default_rng(0)
    maps = random.permutation(2 * 3 * np.prod(shape)).astype("float32")
    check_gradient(maps.reshape(2, *shape, 3), bins, random)


def check_gradient(maps, bins, random):
    layer = SPP(bins, flatten=False)
    weights = random.normal(size=tuple(layer(maps).shape)).astype("float32")
    (found,) = gradients(layer, [maps], weights)
    expected = [
        gradient_by_loops(each, bins, of_each)
        for each, of_each in zip(maps, weights, strict=True)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    # A padded batch has the gradients of its maps alone.
    padded = np.pad(maps, ((0, 0), (0, 2), (0, 3), (0, 0)), constant_values=99)
    sizes = np.array([maps.shape[1:3]] * 2)
    (again,) = gradients(lambda x: layer(x, sizes=sizes), [padded], weights)
    np.testing.assert_allclose(again[:, :-2, :-3], found, atol=1e-5)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_gradients_of_odd_values_stay_in_their_bins(value):
    maps = np.zeros((1, 6, 5, 2), "float32")
    maps[0, 1:4, 2] = value
    (found,) = gradients(SPP((2,)), [maps], np.ones((1, 8), "float32"))
    assert found.sum() == 8


def test_equal_cells_share_the_gradient():
    (found,) = gradients(
        SPP((1, 2)),
        [np.ones((1, 4, 4, 1), "float32")],
        np.ones((1, 5), "float32"),
    )
    np.testing.assert_allclose(found[0, ::2, ::2, 0], np.full((2, 2), 1.25))


@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.long
def test_gradients_as_differences(pooling):
    random = np.random.default_rng(0)
    maps, step = random.normal(size=(1, 5, 4, 1)), 1e-6
    upstream = random.normal(size=(1, 13))
    pool = SPP((2, 3), pooling, dtype="float64")
    with wide_enough("float64"):
        (found,) = gradients(pool, [maps], upstream)
        for index in np.ndindex(maps.shape):
            moved = np.stack([maps, maps])[:, 0]
            moved[(0, *index[1:])] -= step
            moved[(1, *index[1:])] += step
            low, high = numpy_of(pool(moved)) @ upstream[0]
            np.testing.assert_allclose(
                found[index], (high - low) / (2 * step), atol=1e-4
            )


def test_sizes_are_an_input_of_a_model():
    maps = keras.Input((None, None, 3))
    sizes = keras.Input((2,), dtype="int32")
    model = keras.Model([maps, sizes], SPP((1, 2))(maps, sizes=sizes))
    assert model.output.shape == (None, 15)
    batch = np.ones((2, 6, 5, 3), "float32")
    found = model.predict([batch, np.array([[6, 5], [2, 2]])], verbose=0)
    np.testing.assert_array_equal(found, np.ones((2, 15)))


@pytest.mark.parametrize("pooling", ["max", "average"])
def test_sizes_in_a_graph_are_clipped_to_the_map(pooling):
    maps = keras.Input((None, None, 1))
    sizes = keras.Input((2,), dtype="int32")
    model = keras.Model([maps, sizes], SPP([2], pooling)(maps, sizes=sizes))
    batch = np.random.default_rng(0).normal(size=(2, 4, 4, 1)).astype("float32")
    if keras.config.backend() == "torch":
        pytest.skip("PyTorch runs eagerly and checks the sizes")
    wrong = model.predict([batch, np.array([[0, 9], [-3, 99]])], verbose=0)
    right = model.predict([batch, np.array([[1, 4], [1, 4]])], verbose=0)
    np.testing.assert_array_equal(wrong, right)


@pytest.mark.parametrize(
    "sizes", [[[0, 1], [1, 1]], [[1, 1], [4, 6]], [[5, 1], [1, 1]]]
)
def test_sizes_beyond_the_map_are_quoted(sizes):
    with pytest.raises(ValueError, match=r"`sizes`.*\(4, 5\).*sizes=\[\["):
        SPP()(np.zeros((2, 4, 5, 1), "float32"), sizes=np.array(sizes))


@pytest.mark.parametrize("sizes", [[4, 5], [[1.5, 2.0]], [[1, 2, 3]]])
def test_sizes_of_another_kind_are_quoted(sizes):
    with pytest.raises(ValueError, match="`sizes` must be integers of shape"):
        SPP()(np.zeros((1, 4, 5, 1), "float32"), sizes=np.array(sizes))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bins", ()),
        ("bins", 3),
        ("bins", [0]),
        ("bins", [1, 2.0]),
        ("bins", [(1, 2, 3)]),
        ("bins", ["2"]),
        ("pooling", "avg"),
        ("flatten", 1),
        ("data_format", "NCHW"),
    ],
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        SPP(**{name: value})


@pytest.mark.parametrize("shape", [(2, 5, 3), (2, 5, 5, 5, 3)])
def test_rank_is_quoted(shape):
    with pytest.raises(ValueError, match="rank 4.*input_shape="):
        SPP()(np.zeros(shape, "float32"))


def test_unknown_channels_are_quoted():
    with pytest.raises(ValueError, match="channels.*input_shape="):
        SPP()(keras.Input((None, None, None)))


def test_empty_batch():
    assert tuple(ops.shape(SPP()(np.zeros((0, 4, 4, 2), "float32")))) == (0, 42)
