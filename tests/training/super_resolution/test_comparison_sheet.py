"""The sheet shows the pixels of both images where they differ."""

import numpy as np
import pytest

from convzoo.training.super_resolution.comparison_sheet import ComparisonSheet
from convzoo.training.super_resolution.pair_picture import (
    CELL,
    COLUMNS,
    LINE,
    WIDTH,
    pair_picture,
)
from tests.support import photograph


def _cell(picture, left, side=CELL):
    return picture[LINE : LINE + side, left : left + side]


def test_crops_are_the_pixels_enlarged():
    a = photograph(200, 300)
    b = a.copy()
    b[20:80, 200:260] = 255 - b[20:80, 200:260]
    picture = pair_picture(a, b, "name")
    for left, pixels in zip(COLUMNS[1], (a, b), strict=True):
        crop = pixels[20:80, 200:260].repeat(4, 0).repeat(4, 1)
        np.testing.assert_array_equal(_cell(picture, left), crop)
    # The place is outlined in the whole images in the colour of its frame.
    frame = picture[LINE, COLUMNS[1][0] - 1]
    scale = CELL / 300
    for left in COLUMNS[0]:
        row, column = LINE + round(50 * scale), left + round(200 * scale)
        np.testing.assert_array_equal(picture[row, column], frame)


@pytest.mark.parametrize("shape", [(11, 17, 1), (40, 500, 3), (700, 90, 1)])
def test_all_shapes_fit(shape):
    a, b = photograph(*shape), photograph(*shape, seed=1)
    picture = pair_picture(a, b, "\n" + 500 * "name")
    assert picture.dtype == np.uint8
    assert picture.shape == pair_picture(a, a, "").shape
    size = min(60, *shape[:2])
    # Frames end where crops do, and columns do not touch.
    for column in COLUMNS[1:]:
        right = column[0] + 4 * size + 2
        assert (picture[LINE:, right : column[1] - 2] == 255).all()


def test_equal_images_have_no_crops():
    a = photograph(100, 100)
    picture = pair_picture(a, a, "equal")
    assert (picture[LINE:, COLUMNS[2][0] - 4 :] == 255).all()


def test_of_many_pairs_the_worst_are_kept_in_order():
    sheet = ComparisonSheet(("a", "b"), border=2)
    grey = np.full((16, 16, 1), 100, "uint8")
    values = [*range(30, 60), 5]
    for value in values:
        shade = np.full_like(grey, value)
        # What is in the border is not shown.
        shade[:2] = 255
        sheet.add(grey, shade, str(value), float(value))
    picture = sheet.picture()
    height = pair_picture(grey, grey, "").shape[0]
    rows = picture[2 * LINE :].reshape(-1, height, WIDTH, 3)
    crops = [_cell(row, COLUMNS[1][1], 4 * 12) for row in rows]
    assert [int(crop[0, 0, 0]) for crop in crops] == [*range(30, 49), 5]
    assert all((crop == crop[0, 0]).all() for crop in crops)
