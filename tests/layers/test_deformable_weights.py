import numpy as np
import pytest

from convzoo.layers import DeformableConv2D
from convzoo.layers.deformable_weights import (
    from_dcnv3_order,
    load_torch_weights,
)
from tests.support import FIXTURES, numpy_of


def test_a_torchvision_module_becomes_a_layer():
    """The offsets and mask of the stored case depend on the biases only."""
    with np.load(FIXTURES / "deform_conv2d.npz") as stored:
        image = stored["zero/inputs"].astype("float32")
        kernel = stored["zero/kernel"].astype("float32")
    layer = DeformableConv2D(2, 3, padding=1, modulation_scale=1.0)
    layer.build(image.shape)
    plain = DeformableConv2D(2, 3, padding=1)
    plain.build(image.shape)
    plain.kernel.assign(kernel)
    torch_kernel = kernel.transpose(3, 2, 0, 1)
    load_torch_weights(layer, torch_kernel, bias=np.array([0.5, -1]))
    expected = numpy_of(plain(image)) / 2 + [0.5, -1]
    np.testing.assert_allclose(numpy_of(layer(image)), expected, atol=1e-5)


def test_all_four_weights_keep_their_places():
    layer = DeformableConv2D(4, (3, 2), groups=2)
    layer.build((None, None, None, 6))
    random = np.random.default_rng(0)
    weight = random.normal(size=(4, 3, 3, 2))
    offset_weight = random.normal(size=(18, 6, 3, 2))
    load_torch_weights(
        layer, weight, np.arange(4), offset_weight, np.arange(18)
    )
    np.testing.assert_allclose(
        numpy_of(layer.kernel)[2, 1, 0, 3], weight[3, 0, 2, 1], rtol=1e-6
    )
    np.testing.assert_allclose(
        numpy_of(layer.offset_kernel)[1, 0, 5, 17],
        offset_weight[17, 5, 1, 0],
        rtol=1e-6,
    )
    np.testing.assert_array_equal(numpy_of(layer.offset_bias), np.arange(18))
    load_torch_weights(layer, weight)
    assert not np.any(numpy_of(layer.bias))
    np.testing.assert_array_equal(numpy_of(layer.offset_bias), np.arange(18))


def test_what_does_not_fit_is_refused_whole():
    layer = DeformableConv2D(4, 3, use_bias=False)
    layer.build((None, None, None, 6))
    before = numpy_of(layer.kernel)
    weight = np.ones((4, 6, 3, 3))
    with pytest.raises(ValueError, match="`bias`.*use_bias=False"):
        load_torch_weights(layer, weight, np.zeros(4))
    with pytest.raises(ValueError, match=r"`offset_weight`.*\(3, 3, 6, 27\)"):
        load_torch_weights(layer, weight, offset_weight=np.ones((18, 6, 3, 3)))
    with pytest.raises(ValueError, match=r"`weight`.*\(4, 9\)"):
        load_torch_weights(layer, np.ones((4, 9)))
    np.testing.assert_array_equal(numpy_of(layer.kernel), before)
    with pytest.raises(ValueError, match="build it first"):
        load_torch_weights(DeformableConv2D(4, 3), weight)


def test_dcnv3_order_by_loops():
    """DCNv3 stores x before y, and the taps of a group column by column."""
    rows, columns, groups = 3, 2, 2
    theirs = np.random.default_rng(0).normal(size=(4, 2 * groups * 6))
    ours = from_dcnv3_order(theirs, (rows, columns), groups)
    for group in range(groups):
        for row in range(rows):
            for column in range(columns):
                here = 2 * ((group * rows + row) * columns + column)
                there = 2 * ((group * columns + column) * rows + row)
                x, y = theirs[:, there], theirs[:, there + 1]
                np.testing.assert_array_equal(ours[:, here], y)
                np.testing.assert_array_equal(ours[:, here + 1], x)


@pytest.mark.parametrize("shape", [(), (3, 17)])
def test_another_length_is_quoted(shape):
    with pytest.raises(ValueError, match="18 entries.*Received: shape"):
        from_dcnv3_order(np.zeros(shape), 3)
