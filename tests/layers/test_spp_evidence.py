"""The evidence of places adds up to the outputs of the dense layer."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convzoo.layers import SPP
from convzoo.layers.spp_evidence import spp_evidence
from tests.layer_checks import BACKEND, compiled
from tests.layers.test_spp import overlapping
from tests.support import numpy_of, rest_long

LEVELS = (1, 2, (3, 4))
BINS = 17
SHAPES = [(2, 9, 7, 3), (1, 6, 8, 3), (3, 2, 3, 3), (1, 1, 1, 3)]


def drawn(shape, levels=BINS, classes=5, equal=False, seed=0):
    """Maps, a kernel and a factor per map."""
    random = np.random.default_rng(seed)
    maps = random.normal(size=shape)
    if equal:
        maps = random.integers(0, 3, shape)
    kernel = random.normal(size=(levels * shape[-1], classes))
    scale = random.uniform(0.5, 2, shape[0])
    return [array.astype("float32") for array in (maps, kernel, scale)]


def by_loops(maps, kernel, levels, pooling, scale):
    """Evidence of each place, by loops over levels, bins and pixels."""
    batch, height, width, channels = maps.shape
    found = np.zeros((batch, height, width, kernel.shape[1]))
    position = 0
    for level in levels:
        rows, columns = (level, level) if isinstance(level, int) else level
        for row in range(rows):
            for column in range(columns):
                pixels = [
                    (y, x)
                    for y in overlapping(row, rows, height)
                    for x in overlapping(column, columns, width)
                ]
                for index in np.ndindex(batch, channels):
                    image, channel = index
                    values = [maps[image, y, x, channel] for y, x in pixels]
                    winners = [value == max(values) for value in values]
                    for (y, x), value, wins in zip(
                        pixels, values, winners, strict=True
                    ):
                        part = value / len(pixels)
                        if pooling == "max":
                            part = wins * value / sum(winners)
                        found[image, y, x] += (
                            part * scale[image] * kernel[position + channel]
                        )
                position += channels
    return found


@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.parametrize("shape", SHAPES)
def test_values_of_loops(shape, pooling, equal):
    maps, kernel, scale = drawn(shape, equal=equal)
    found = spp_evidence(
        ops.convert_to_tensor(maps), kernel, LEVELS, pooling, scale
    )
    expected = by_loops(maps, kernel, LEVELS, pooling, scale)
    np.testing.assert_allclose(numpy_of(found), expected, atol=1e-5)


class Head(keras.Model):
    """Pooling, scaling to unit length, and a dense layer."""

    def __init__(self, levels, pooling):
        super().__init__()
        self.levels, self.pooling = levels, pooling
        self.pool = SPP(levels, pooling)
        self.dense = layers.Dense(5)

    def call(self, maps):
        pooled = self.pool(maps)
        scale = 1 / ops.sqrt(ops.sum(pooled**2, axis=1, keepdims=True))
        outputs = self.dense(pooled * scale)
        return outputs, spp_evidence(
            maps, self.dense.kernel, self.levels, self.pooling, scale
        )


@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.parametrize("levels", rest_long(LEVELS, ((1,),), ((5, (1, 3)),)))
def test_it_adds_up_to_the_outputs(levels, pooling):
    """In every mode of the backend; in a graph, sizes are unknown."""
    model = Head(levels, pooling)
    for mode in ({"run_eagerly": True}, {"jit_compile": False}, {}):
        if BACKEND == "torch" and not mode:
            continue
        model.compile(**mode)
        for shape in SHAPES if mode else SHAPES[:1]:
            outputs, found = model.predict_on_batch(drawn(shape)[0])
            assert found.shape == (*shape[:3], 5)
            np.testing.assert_allclose(
                found.sum(axis=(1, 2)), outputs, rtol=1e-4, atol=1e-5
            )


def test_a_bin_of_one_pixel_has_its_value():
    """By hand: 2x2 pixels, 2x2 bins, and one class for each bin."""
    maps = np.array([[1, 2], [3, 4]], "float32").reshape(1, 2, 2, 1)
    kernel = np.eye(4, dtype="float32")
    found = numpy_of(spp_evidence(maps, kernel, (2,), "max"))
    expected = np.diag([1, 2, 3, 4]).reshape(1, 2, 2, 4)
    np.testing.assert_array_equal(found, expected)


def test_equal_maxima_share_equally():
    maps = np.array([[6, 6], [0, 6]], "float32").reshape(1, 2, 2, 1)
    found = numpy_of(spp_evidence(maps, np.ones((1, 1)), (1,), "max"))
    np.testing.assert_allclose(found.squeeze(), [[2, 2], [0, 2]])


@pytest.mark.parametrize("pooling", ["max", "average"])
def test_half_precision_is_added_in_float32(pooling):
    maps, kernel, scale = drawn((2, 9, 7, 3))
    half = ops.cast(maps, "bfloat16")
    found = compiled(
        lambda half: spp_evidence(half, kernel, LEVELS, pooling, scale)
    )(half)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    pooled = SPP(LEVELS, pooling)(ops.cast(half, "float32"))
    expected = numpy_of(pooled) * scale.reshape(-1, 1) @ kernel
    np.testing.assert_allclose(
        numpy_of(found).sum(axis=(1, 2)), expected, atol=1e-4
    )
