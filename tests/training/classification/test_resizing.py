import numpy as np
import pytest
from PIL import Image

from convzoo.training.classification.resizing import Resizing
from tests.support import photograph


@pytest.mark.parametrize(
    ("resizing", "steps"),
    [
        (Resizing(), []),
        (Resizing(0.5), [(10, 16)]),
        # The model scales the shorter side.
        (Resizing(0.5, short_side=30), [(10, 16)]),
        (Resizing(0.01, warp=9), [(1, 1), (9, 9)]),
        (Resizing(warp=9), [(9, 9)]),
    ],
)
def test_like_pillow(resizing, steps):
    image = photograph(21, 32)
    expected = Image.fromarray(image)
    for height, width in steps:
        expected = expected.resize((width, height), Image.Resampling.BICUBIC)
    np.testing.assert_array_equal(resizing(image), np.asarray(expected))
    assert resizing.resized((21, 32)) == resizing(image).shape[:2]


def test_no_side_vanishes():
    assert Resizing(0.001).resized((1, 1000)) == (1, 1)
    assert Resizing(0.5).scaled((7, 9)) == (4, 4)
