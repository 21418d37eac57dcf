import numpy as np
import pytest

from convzoo.losses import FSIM, fsim
from tests.layer_checks import BACKEND, wide_enough
from tests.loss_checks import random_pair
from tests.losses import similarity
from tests.support import numpy_of, rest_long, run_loss_test

GREY = similarity.references("fsim")
COLOUR = similarity.references("fsim_chromatic")
# In flat images, piq divides one rounding error by another.
TEXTURED = [name for name in similarity.PAIRS if name != "flat"]


def grey(x, y):
    return fsim(x, y, chromatic=False)


@pytest.mark.parametrize(
    ("arguments", "others"),
    rest_long(({}, [(1, 11, 30, 3)]), ({"chromatic": False, "max_val": 2}, [])),
)
def test_loss(arguments, others, tmp_path):
    run_loss_test(
        FSIM,
        arguments,
        random_pair((2, 24, 19, 3)),
        folder=tmp_path,
        # Compiling the transforms is slow for each size.
        other_pairs=[random_pair(shape) for shape in others],
    )


@pytest.mark.parametrize(
    ("function", "known", "name"),
    [(grey, GREY, name) for name in TEXTURED]
    + [(fsim, COLOUR, name) for name in TEXTURED if name in COLOUR],
)
def test_values_of_piq(function, known, name):
    found = similarity.value(function, name)
    np.testing.assert_allclose(found, known[name], rtol=0, atol=1e-5)
    with wide_enough("float64"):
        found = similarity.value(function, name, "float64")
    np.testing.assert_allclose(found, known[name], rtol=0, atol=1e-6)


@pytest.mark.skipif(
    BACKEND != "tensorflow",
    reason="elsewhere Keras takes arctan2 in float32",
)
@pytest.mark.parametrize("name", ["even", "odd", "patch", "grey", "large"])
def test_gradients_of_piq(name):
    similarity.check_gradient(grey, "fsim", name, 1e-6, "float64")
    if name in COLOUR:
        similarity.check_gradient(fsim, "fsim_chromatic", name, 1e-6, "float64")


@pytest.mark.parametrize("name", ["even", "patch", "grey", "large"])
def test_gradients_of_piq_in_float32(name):
    """Compare 95% of the values; the others depend on rounding.

    The noise is measured at one pixel, the median. Where two pixels are close
    to it, rounding selects one and changes the gradient around both. The pair
    "odd", blurred and rounded, has pixels with a Scharr gradient of zero. Next
    to them, the direction in float32 is that of a rounding error, so "odd" is
    left out.
    """
    similarity.check_gradient(grey, "fsim", name, 1e-3, share=0.95)
    if name in COLOUR:
        similarity.check_gradient(
            fsim, "fsim_chromatic", name, 1e-3, share=0.95
        )


@pytest.mark.long
def test_black_and_white_are_taken_for_alike():
    """A published weakness of FSIM, with its published value."""
    black = np.zeros((1, 64, 64, 3), "float32")
    found = numpy_of(fsim(black, 1 - black))
    np.testing.assert_allclose(found, [0.9386], atol=1e-4)


@pytest.mark.skipif(
    BACKEND != "tensorflow", reason="only TensorFlow has unknown sizes"
)
def test_unknown_sizes_are_reduced_as_known_ones():
    import tensorflow as tf

    call = tf.function(
        fsim, input_signature=[tf.TensorSpec((None, None, None, 3))] * 2
    )
    for sides in ((384, 391), (383, 390), (90, 700)):
        x, y = random_pair((1, *sides, 3))
        np.testing.assert_allclose(
            numpy_of(call(x, y)), numpy_of(fsim(x, y)), atol=1e-6
        )


@pytest.mark.long
def test_reducing_takes_means():
    """Take means of 2 x 2 pixels, without the odd last row and column."""
    x, y = random_pair((1, 385, 401, 3))
    half_x, half_y = (
        z[:, :384, :400].reshape(1, 192, 2, 200, 2, 3).mean((2, 4))
        for z in (x, y)
    )
    np.testing.assert_allclose(
        numpy_of(fsim(x, y)), numpy_of(fsim(half_x, half_y)), atol=1e-5
    )


def test_any_range_has_the_same_index():
    x, y = (np.expand_dims(y, 0) for y in similarity.PAIRS["patch"])
    found = numpy_of(fsim(x, y, max_val=255))
    np.testing.assert_allclose(found, COLOUR["patch"], atol=1e-5)


@pytest.mark.long
def test_ranking():
    similarity.check_ranking(FSIM())


@pytest.mark.parametrize(
    ("name", "value"), [("max_val", 0), ("chromatic", None)]
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        FSIM(**{name: value})


@pytest.mark.parametrize(
    ("shape", "arguments", "message"),
    [
        ((1, 9, 9, 1), {}, "`y_true` must have 3 channels.*9, 1"),
        ((1, 9, 9, 2), {"chromatic": False}, "1 or 3 channels.*9, 2"),
        ((1, 1, 9, 3), {}, "at least 2 pixels.*1, 9"),
    ],
)
def test_shapes_are_quoted(shape, arguments, message):
    image = np.zeros(shape, "float32")
    with pytest.raises(ValueError, match=message):
        FSIM(**arguments)(image, image)
