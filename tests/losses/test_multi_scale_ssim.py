import keras
import numpy as np
import pytest
from keras import ops

from convzoo.losses import MultiScaleSSIM, multi_scale_ssim
from tests.layer_checks import BACKEND, gradients, wide_enough
from tests.loss_checks import random_pair
from tests.losses import similarity
from tests.losses.test_ssim import looped
from tests.support import numpy_of, rest_long, run_loss_test

PIQ = similarity.references("multi_scale_ssim")
TF = similarity.references("multi_scale_ssim_of_tf")
# piq pads odd sides differently from TensorFlow and `multi_scale_ssim`.
EVEN = [
    name
    for name in PIQ
    if all(side % 16 == 0 for side in similarity.PAIRS[name][0].shape[:2])
]
ODD = [name for name in PIQ if name not in EVEN]


@pytest.mark.parametrize(
    "arguments", rest_long({}, {"scales": 2, "filter_size": 7})
)
def test_loss(arguments, tmp_path):
    run_loss_test(
        MultiScaleSSIM,
        arguments,
        random_pair((2, 45, 38, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((2, 13, 30, 3))],
    )


def test_values_are_known_for_both_kinds_of_size():
    assert {"even", "grey", "half flat"} <= set(EVEN)
    assert {"odd", "large", "letterboxed"} <= set(ODD)


@pytest.mark.parametrize("name", EVEN)
def test_values_of_piq(name):
    found = similarity.value(multi_scale_ssim, name)
    np.testing.assert_allclose(found, PIQ[name], rtol=0, atol=2e-6)
    # TensorFlow's float32 error, up to 4e-6, widens the tolerance.
    error = abs(TF[name] - PIQ[name])
    np.testing.assert_allclose(found, TF[name], rtol=0, atol=2e-6 + error)
    with wide_enough("float64"):
        found = similarity.value(multi_scale_ssim, name, "float64")
    np.testing.assert_allclose(found, PIQ[name], rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", ODD)
def test_values_of_tensorflow(name):
    found = similarity.value(multi_scale_ssim, name)
    np.testing.assert_allclose(found, TF[name], rtol=0, atol=2e-6)


@pytest.mark.parametrize("name", ["even", "grey"])
@pytest.mark.long
def test_gradients_of_piq(name):
    similarity.check_gradient(multi_scale_ssim, "multi_scale_ssim", name, 1e-3)


def test_scales_as_loops():
    """Compare two scales of an odd size.

    Incomplete windows at the edges average the pixels that they contain.
    """
    x, y = random_pair((1, 27, 23, 1))
    weights = (0.3, 0.5)
    found = numpy_of(multi_scale_ssim(x, y, power_factors=weights))

    def halved(z):
        return [
            [z[r : r + 2, c : c + 2].mean() for c in range(0, z.shape[1], 2)]
            for r in range(0, z.shape[0], 2)
        ]

    fine = x[0, :, :, 0].astype("float64"), y[0, :, :, 0].astype("float64")
    coarse = [np.array(halved(z)) for z in fine]
    # A huge C1 makes the luminance 1.
    structure = looped(*fine, 11, 1.5, 1e30, 9e-4)
    index = max(structure, 1e-6) ** 0.3
    index *= max(looped(*coarse, 11, 1.5, 1e-4, 9e-4), 1e-6) ** 0.5
    np.testing.assert_allclose(found, [index], atol=1e-5)


@pytest.mark.parametrize(
    ("side", "scales"), [(11, 1), (20, 1), (21, 2), (80, 3), (81, 4), (160, 4)]
)
def test_small_images_get_fewer_scales(side, scales):
    x, y = random_pair((1, side, 200, 1))
    auto = multi_scale_ssim(x, y)
    fixed = multi_scale_ssim(x, y, scales=scales)
    np.testing.assert_array_equal(numpy_of(auto), numpy_of(fixed))
    if scales > 1:
        fewer = numpy_of(multi_scale_ssim(x, y, scales=scales - 1))
        assert np.all(fewer != numpy_of(auto))


def test_truncated_exponents_are_divided_by_their_sum():
    factors = (0.0448, 0.2856)
    x, y = random_pair((1, 40, 40, 1))
    found = multi_scale_ssim(x, 0.5 * x + 0.5 * y, scales=2)
    total = sum(factors)
    factors = [factor / total for factor in factors]
    expected = multi_scale_ssim(x, 0.5 * x + 0.5 * y, power_factors=factors)
    np.testing.assert_allclose(numpy_of(found), numpy_of(expected), atol=1e-6)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="only it has open shapes")
@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.long
def test_unknown_sizes_are_those_that_come(jit):
    import tensorflow as tf

    open_shape = tf.TensorSpec((None, None, None, 1))
    call = tf.function(
        multi_scale_ssim, input_signature=[open_shape] * 2, jit_compile=jit
    )
    for sides in ((176, 161), (160, 300), (39, 21), (11, 12)):
        x, y = random_pair((1, *sides, 1))
        y = 0.5 * x + 0.5 * y
        expected = numpy_of(multi_scale_ssim(x, y))
        np.testing.assert_allclose(numpy_of(call(x, y)), expected, atol=2e-6)
    for sides in ((10, 40), (1, 1)):
        x, y = random_pair((1, *sides, 1))
        (found,) = gradients(
            lambda y, x=x: call(x, y), [y], np.ones(1, "float32")
        )
        assert np.all(np.isfinite(found))


@pytest.mark.long
def test_negative_structure_leaves_other_scales_to_learn_from():
    rows, columns = np.mgrid[:45, :45]
    coarse = np.sin((rows + columns) / 4)
    fine = (-1) ** (rows + columns)
    x, y = (
        np.reshape(0.5 + 0.2 * coarse + sign * 0.2 * fine, (1, 45, 45, 1))
        for sign in (1, -1)
    )
    x, y = x.astype("float32"), y.astype("float32")
    (found,) = gradients(
        lambda y: multi_scale_ssim(x, y), [y], np.ones(1, "float32")
    )
    assert np.all(np.isfinite(found)) and np.any(found != 0)


@pytest.mark.long
def test_ranking():
    similarity.check_ranking(MultiScaleSSIM())


@pytest.mark.long
def test_fit_on_batches_of_two_sizes():
    inputs = keras.Input((None, None, 3))
    layer = keras.layers.Conv2D(3, 3, padding="same")
    model = keras.Model(inputs, layer(inputs))
    model.compile("sgd", MultiScaleSSIM(), metrics=[multi_scale_ssim])
    for side in (170, 48):
        x, y = random_pair((2, side, side, 3))
        model.fit(x, y, verbose=0)
    assert np.all(np.isfinite(ops.convert_to_numpy(layer.kernel)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_val", -1),
        ("power_factors", ()),
        ("power_factors", 0.5),
        ("power_factors", (0.5, 0)),
        ("scales", 6),
        ("scales", 0),
        ("scales", "all"),
        ("filter_size", 0),
    ],
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        MultiScaleSSIM(**{name: value})


@pytest.mark.parametrize(
    ("side", "arguments", "smallest"),
    [(10, {}, 11), (160, {"scales": 5}, 161), (7, {"filter_size": 8}, 8)],
)
def test_small_images_are_quoted(side, arguments, smallest):
    image = np.zeros((1, 200, side, 3), "float32")
    with pytest.raises(ValueError, match=f"at least {smallest} pixels.*{side}"):
        MultiScaleSSIM(**arguments)(image, image)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's compilers")
@pytest.mark.parametrize(
    ("side", "jit"),
    rest_long((33, False), (64, False), (170, False), (33, True)),
)
def test_one_side_known(side, jit):
    """The known side limits the number of scales, whatever the other is."""
    import tensorflow as tf

    for axis in (1, 2):
        shape = [None, None, None, 3]
        shape[axis] = side
        spec = tf.TensorSpec(shape)
        call = tf.function(
            multi_scale_ssim, input_signature=[spec, spec], jit_compile=jit
        )
        # XLA compiles each size anew.
        for other in (40,) if jit else (12, 40, 190):
            size = (side, other) if axis == 1 else (other, side)
            pair = random_pair((1, *size, 3))
            expected = multi_scale_ssim(*pair)
            np.testing.assert_allclose(call(*pair), expected, rtol=1e-5)
