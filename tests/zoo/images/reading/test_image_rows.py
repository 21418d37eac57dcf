"""Rows of image files, decoded from the top, against whole files."""

import numpy as np
import pytest
from PIL import Image

from convzoo.zoo.images.reading.decode_image import decode_rows
from convzoo.zoo.images.reading.open_image import open_image
from convzoo.zoo.images.reading.read_image import read_image
from tests.support import photograph

FORMATS = ["jpg", "png", "webp", "tif", "bmp"]


def saved(path, **keywords):
    # More rows than a decoder reads ahead.
    Image.fromarray(photograph(300, 41)).save(path, **keywords)
    return path


def windows(height, step, margin):
    """Overlapping windows of rows, as tiles need them."""
    starts = range(0, height, step)
    return [
        (max(start - margin, 0), min(start + step + margin, height))
        for start in starts
    ]


@pytest.mark.parametrize(
    ("step", "margin"), [(7, 3), (16, 0), (50, 9), (300, 1)]
)
@pytest.mark.parametrize("suffix", FORMATS)
def test_rows_are_those_of_the_file(suffix, step, margin, tmp_path):
    path = saved(tmp_path / f"image.{suffix}")
    expected = read_image(path).pixels
    with open_image(path) as file:
        image = decode_rows(file)
        assert image.shape == expected.shape
        assert image.dtype == expected.dtype
        for first, last in windows(300, step, margin):
            rows = image.rows(first, last)
            np.testing.assert_array_equal(rows, expected[first:last])


@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_rows_stand_upright(orientation, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path / "image.jpg", exif=exif)
    expected = read_image(path).pixels
    with open_image(path) as file:
        image = decode_rows(file)
        assert image.shape == expected.shape
        for first, last in windows(image.shape[0], 8, 2):
            rows = image.rows(first, last)
            np.testing.assert_array_equal(rows, expected[first:last])


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_damage_is_named_where_it_is_met(suffix, tmp_path):
    path = saved(tmp_path / f"image.{suffix}")
    data = path.read_bytes()
    if suffix == "tif":
        path.write_bytes(data[:8] + bytes(4000))
    else:
        path.write_bytes(data[: len(data) * 3 // 4])
    with (
        pytest.raises(ValueError, match=f"^image.{suffix}: ") as error,
        open_image(path) as file,
    ):
        image = decode_rows(file, f"image.{suffix}")
        for first, last in windows(300, 20, 2):
            image.rows(first, last)
    assert "\n" not in str(error.value)
