import logging
import sys

import keras
import numpy as np
import pytest
from keras import ops

from convzoo.layers import DeformableConv2D, NonLocal
from convzoo.layers.in_parts import in_parts
from tests.layer_checks import BACKEND, gradients
from tests.support import numpy_of


def rows_and_matrix(count=11):
    random = np.random.default_rng(0)
    return (
        random.normal(size=(2, count, 3)).astype("float32"),
        random.normal(size=(3, 4)).astype("float32"),
    )


def product(rows, matrix):
    return ops.tanh(ops.matmul(rows, matrix))


def shares(length, training, count=11):
    """Return the number of positions in each call."""
    seen = []

    def noting(rows, matrix):
        seen.append(rows.shape[1])
        return product(rows, matrix)

    rows, matrix = rows_and_matrix(count)
    in_parts(noting, length, 1, (rows,), matrix, training=training)
    return seen


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("length", [1, 2, 5, 10, 11, 12])
def test_parts_make_the_whole(length, training):
    rows, matrix = rows_and_matrix()
    upstream = np.random.default_rng(1).normal(size=(2, 11, 4))
    upstream = upstream.astype("float32")

    def parted(rows, matrix):
        return in_parts(product, length, 1, (rows,), matrix, training=training)

    np.testing.assert_allclose(
        numpy_of(parted(rows, matrix)), np.tanh(rows @ matrix), atol=1e-6
    )
    found = gradients(parted, [rows, matrix], upstream)
    expected = gradients(product, [rows, matrix], upstream)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_integers_have_no_gradient_and_raise_no_warning(caplog):
    rows, matrix = rows_and_matrix()
    places = np.arange(11, dtype="int32")[::-1].reshape(1, 11).repeat(2, 0)
    upstream = np.ones((2, 11, 4), "float32")

    def chosen(places, rows, matrix):
        picked = ops.take_along_axis(rows, ops.expand_dims(places, 2), axis=1)
        return product(picked, matrix)

    def parted(rows, matrix):
        where = ops.convert_to_tensor(places)
        return in_parts(chosen, 3, 1, (where,), rows, matrix, training=True)

    # TensorFlow's logger does not propagate.
    logging.getLogger("tensorflow").addHandler(caplog.handler)
    found = gradients(parted, [rows, matrix], upstream)
    logging.getLogger("tensorflow").removeHandler(caplog.handler)
    assert not caplog.records
    expected = gradients(product, [rows, matrix], upstream)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_several_arrays_along_the_first_axis():
    random = np.random.default_rng(0)
    left, right = random.normal(size=(2, 7, 5)).astype("float32")
    for training in (False, True):
        found = in_parts(ops.multiply, 3, 0, (left, right), training=training)
        np.testing.assert_allclose(numpy_of(found), left * right, atol=1e-6)


def test_what_fits_is_computed_at_once():
    assert shares(11, False) == shares(11, True) == [11]
    assert shares(100, True) == [11]


@pytest.mark.skipif(
    BACKEND != "tensorflow", reason="other backends always loop"
)
def test_what_is_written_out_is_bounded():
    assert shares(4, False) == [4, 4, 4]
    assert len(shares(1, False, count=1000)) == 32


def test_a_loop_has_parts_of_the_length():
    assert set(shares(4, True, count=1000)) == {4}


@pytest.mark.skipif(BACKEND == "jax", reason="JAX replays the traced function")
def test_the_backward_pass_computes_the_parts_again():
    """Otherwise all parts would be in memory at once."""
    calls = []

    def noting(rows, matrix):
        calls.append(rows.shape)
        return product(rows, matrix)

    def parted(rows, matrix):
        return in_parts(noting, 4, 1, (rows,), matrix, training=True)

    rows, matrix = rows_and_matrix()
    parted(rows, matrix)
    forward = len(calls)
    gradients(parted, [rows, matrix], np.ones((2, 11, 4), "float32"))
    # A second forward pass, then its three parts once more.
    assert len(calls) >= 2 * forward + 3


@pytest.mark.parametrize(
    "layer",
    [NonLocal(chunk_size=5), NonLocal("gaussian", chunk_size=5)]
    + [DeformableConv2D(3, 3)],
)
def test_layers_take_the_loop_in_training(layer, monkeypatch):
    maps = np.random.default_rng(0).normal(size=(2, 6, 7, 4)).astype("float32")
    loops = []
    module = sys.modules[in_parts.__module__]
    looped = module._looped

    def noting(*arguments):
        loops.append(arguments)
        return looped(*arguments)

    monkeypatch.setattr(module, "_looped", noting)
    monkeypatch.setattr(
        sys.modules["convzoo.layers.deform_conv2d"], "_NUMBERS_AT_ONCE", 700
    )
    layer(maps, training=False)
    assert len(loops) == (0 if BACKEND == "tensorflow" else 1)
    layer(maps, training=True)
    assert len(loops) == (1 if BACKEND == "tensorflow" else 2)


@pytest.mark.skipif(
    BACKEND != "tensorflow", reason="only TensorFlow has graphs"
)
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("compiled", [False, True])
def test_unknown_lengths(training, compiled):
    inputs = keras.Input((None, 3))
    matrix = rows_and_matrix()[1]

    class Parted(keras.layers.Layer):
        def call(self, x):
            return in_parts(product, 5, 1, (x,), matrix, training=training)

        def compute_output_shape(self, shape):
            return (*shape[:-1], 4)

    model = keras.Model(inputs, Parted()(inputs))
    model.compile(jit_compile=compiled)
    for count in (1, 5, 17, 83):
        rows = rows_and_matrix(count)[0]
        np.testing.assert_allclose(
            model.predict_on_batch(rows), np.tanh(rows @ matrix), atol=1e-6
        )
