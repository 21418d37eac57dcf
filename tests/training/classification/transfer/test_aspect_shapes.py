"""aspect_shapes: the shorter side, and the change of the aspect ratio."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.training.classification.transfer.aspect_shapes import aspect_shapes

SIDES = st.integers(250, 4000)


@given(
    sizes=st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=5),
    side=st.integers(64, 400),
    stretch=st.sampled_from([1.0, 1.02, 1.1, 1.5]),
)
def test_any_images(sizes, side, stretch):
    shapes = aspect_shapes(np.array(sizes), side, stretch)
    assert (shapes.min(axis=1) == side).all()
    for (height, width), (rows, columns) in zip(sizes, shapes, strict=True):
        change = (columns / rows) / (width / height)
        # Half a pixel of the longer side is rounding.
        allowed = stretch * (1 + 0.51 / side)
        assert 1 / allowed <= change <= allowed


def test_few_shapes():
    random = np.random.default_rng(0)
    sizes = random.integers(200, 400, (500, 2))
    assert len(np.unique(aspect_shapes(sizes, 224, 1.0), axis=0)) > 200
    # From 1:2 to 2:1, in steps of 1.1 squared.
    assert len(np.unique(aspect_shapes(sizes, 224, 1.1), axis=0)) <= 9


@pytest.mark.parametrize("stretch", [1.0, 1.05])
def test_square_and_extreme_images(stretch):
    sizes = np.array([[300, 300], [1, 12], [12, 1]])
    shapes = aspect_shapes(sizes, 32, stretch)
    assert shapes[0].tolist() == [32, 32]
    assert shapes[1, 0] == shapes[2, 1] == 32
    assert abs(shapes[1, 1] / (12 * 32) - 1) <= stretch - 1 + 1e-3


@pytest.mark.parametrize("stretch", [1, 1.05])
def test_lines_are_squeezed(stretch):
    shapes = aspect_shapes(np.array([[20, 10_000], [9, 1]]), 32, stretch)
    assert shapes[0].tolist() == [32, 16 * 32]
    assert shapes[1, 0] == pytest.approx(9 * 32, rel=0.06)
    assert shapes[1, 1] == 32
