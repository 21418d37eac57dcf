"""Comparisons with `features.npz`."""

import numpy as np
from keras import ops

from tests import layer_checks
from tests.fixtures.feature_cases import photograph_pair, thinned
from tests.support import FIXTURES, numpy_of


def check_golden(loss, key, height, width, tolerance):
    """Compare a loss, and its gradient for `y_pred`, with the fixture."""
    x, y = (
        np.expand_dims(image, 0).astype("float32") / 255
        for image in photograph_pair(height, width)
    )
    with np.load(FIXTURES / "features.npz") as arrays:
        value, gradient = arrays[key], arrays[f"{key}/gradient"]
        largest = arrays[f"{key}/largest"]
    found = loss.call(ops.convert_to_tensor(x), ops.convert_to_tensor(y))
    np.testing.assert_allclose(numpy_of(found), [value], rtol=tolerance)
    (found,) = layer_checks.gradients(
        lambda y: loss.call(ops.convert_to_tensor(x), y),
        [y],
        np.ones(1, "float32"),
    )
    difference = np.abs(thinned(found[0]) - gradient).max()
    assert difference < 1e-3 * largest, difference / largest


def compiled_for_open_sizes(function):
    """Yield a function of images of unknown size, as a graph and with XLA."""
    import tensorflow as tf

    signature = [tf.TensorSpec((None, None, None, 3))]
    for jit in (False, True):
        yield tf.function(function, input_signature=signature, jit_compile=jit)
