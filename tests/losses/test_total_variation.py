import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.losses import TotalVariation, total_variation
from tests.layer_checks import BACKEND, examples, gradients
from tests.loss_checks import compiled, random_pair
from tests.support import numpy_of, run_loss_test


def test_loss(tmp_path):
    run_loss_test(
        TotalVariation,
        {},
        random_pair((3, 8, 7, 3)),
        folder=tmp_path,
        other_pairs=[
            random_pair((2, 5, 9, 3)),
            random_pair((2, 1, 9, 3)),
            random_pair((2, 9, 1, 3)),
            random_pair((2, 1, 1, 3)),
        ],
        identical=None,
    )


def test_by_hand():
    image = np.array([[0, 1, 3], [2, 2, 2]], "float32").reshape(1, 2, 3, 1)
    # Differences down: 2, 1, 1; across: 1, 2, 0, 0.
    found = numpy_of(total_variation(image))
    np.testing.assert_allclose(found, [4 / 3 + 3 / 4], rtol=1e-6)


def looped(image):
    height, width, _ = image.shape
    down = [np.abs(image[y] - image[y - 1]) for y in range(1, height)]
    across = [np.abs(image[:, x] - image[:, x - 1]) for x in range(1, width)]
    return sum(np.mean(steps) for steps in (down, across) if steps)


@examples(20)
@given(*[st.integers(1, 6)] * 2, st.integers(1, 3), st.floats(-3, 3))
@pytest.mark.long
def test_any_size_as_loops(height, width, channels, shift):
    image = random_pair((1, height, width, channels))[0]
    found = numpy_of(total_variation(image))
    np.testing.assert_allclose(found, [looped(image[0])], atol=1e-6)
    # Brightening, mirroring, negating and transposing change nothing.
    for other in (image + np.float32(shift), image[:, ::-1], -image):
        same = numpy_of(total_variation(other))
        np.testing.assert_allclose(same, found, atol=1e-5)
    turned = numpy_of(total_variation(np.swapaxes(image, 1, 2)))
    np.testing.assert_allclose(turned, found, atol=1e-6)


def test_gradient_by_hand():
    image = np.array([0, 1, 3, 2], "float32").reshape(1, 1, 4, 1)
    (found,) = gradients(total_variation, [image], np.ones(1, "float32"))
    expected = np.array([-1, 0, 2, -1]) / 3
    np.testing.assert_allclose(found.ravel(), expected, atol=1e-6)


def test_target_is_ignored():
    _, image = random_pair((2, 5, 4, 3))
    loss = TotalVariation()
    expected = numpy_of(loss(image, image))
    for y_true in (np.zeros((2,)), np.full((2, 1, 1, 1), np.nan)):
        np.testing.assert_array_equal(numpy_of(loss(y_true, image)), expected)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="an op of TensorFlow's")
def test_as_tensorflow_times_its_factor():
    import tensorflow as tf

    _, images = random_pair((3, 6, 6, 2))
    found = numpy_of(total_variation(images)) * 6 * 5 * 2
    expected = tf.image.total_variation(tf.constant(images)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("shape", [(2, 1, 4, 3), (2, 4, 1, 3), (2, 1, 1, 3)])
def test_finite_where_sizes_are_unknown(shape):
    _, images = random_pair(shape)
    expected = numpy_of(total_variation(images))
    assert np.all(np.isfinite(expected))
    for call, _ in compiled(lambda _, y: total_variation(y), 4):
        found = numpy_of(call(images, images))
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_bad_shapes():
    with pytest.raises(ValueError, match=r"`images` .*\(4, 4, 3\)"):
        total_variation(np.zeros((4, 4, 3)))
    with pytest.raises(ValueError, match=r"`y_pred` .*\(4, 4, 3\)"):
        TotalVariation()(np.zeros((4, 4, 3)), np.zeros((4, 4, 3)))
