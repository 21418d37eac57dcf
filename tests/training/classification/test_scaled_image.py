"""Sizes after scaling, against Pillow's pixels."""

import numpy as np
import pytest
from PIL import Image

from convzoo.training.classification.scaled_image import (
    chosen_short_side,
    scaled_image,
)
from tests.support import photograph


@pytest.mark.parametrize(
    ("size", "short_side", "max_side", "expected"),
    [
        ((300, 240), 96, 512, (120, 96)),
        ((240, 300), 96, 512, (96, 120)),
        # Small images are enlarged, as in use.
        ((30, 60), 96, 512, (96, 192)),
        # The longer side counts more.
        ((20, 600), 96, 512, (17, 512)),
        ((1, 900), None, 90, (1, 90)),
        ((30, 60), None, 512, (30, 60)),
        ((30, 60), None, None, (30, 60)),
        ((50, 80), 50, None, (50, 80)),
    ],
)
def test_sizes(size, short_side, max_side, expected):
    image = photograph(*size)
    found = scaled_image(image, short_side, max_side)
    assert found.shape == (*expected, 3) and found.dtype == np.uint8
    resized = Image.fromarray(image).resize(
        expected[::-1], Image.Resampling.BICUBIC
    )
    difference = found.astype(int) - np.asarray(resized)
    # Pillow rounds after each axis.
    assert np.abs(difference).max() <= 2


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(300, 200), (144, 400), (90, 60)], 96),
        ([(300, 143), (144, 400), (90, 60)], None),
        ([(28, 28)] * 3, None),
        ([], None),
    ],
)
def test_photographs_are_told_from_crops(sizes, expected):
    assert chosen_short_side(sizes) == expected
