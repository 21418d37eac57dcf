import numpy as np
import pytest

from convzoo.training.super_resolution.photographs import (
    crop_to_multiple,
    read_pair,
    shrink,
)
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_pairs_fit(scale, tmp_path):
    path = tmp_path / "image.png"
    write_image(path, ImageFile(photograph(31, 42)))
    low, high = read_pair(path, scale)
    assert high.shape == (31 // scale * scale, 42 // scale * scale, 3)
    assert [n * scale for n in low.shape[:2]] == list(high.shape[:2])
    np.testing.assert_array_equal(
        high, photograph(31, 42)[: high.shape[0], : high.shape[1]]
    )
    np.testing.assert_array_equal(low, shrink(high, scale))


def test_grey_stays_grey(tmp_path):
    write_image(tmp_path / "image.png", ImageFile(photograph(12, 12, 1)))
    low, high = read_pair(tmp_path / "image.png", 4)
    assert low.shape == (3, 3, 1) and high.shape == (12, 12, 1)


def test_shrinking_is_antialiased():
    # Lines of one pixel average to grey; subsampling gives black or white.
    lines = np.zeros((16, 64, 3), "uint8")
    lines[:, ::2] = 255
    inside = shrink(lines, 4)[:, 2:-2]
    assert np.abs(inside.astype(int) - 127.5).max() < 2


def test_what_is_smaller_than_the_scale_is_named(tmp_path):
    write_image(tmp_path / "image.png", ImageFile(photograph(3, 12)))
    with pytest.raises(ValueError, match="image.png.*4 pixels"):
        read_pair(tmp_path / "image.png", 4)


def test_crop_keeps_the_top_left():
    image = np.arange(35).reshape(5, 7, 1)
    np.testing.assert_array_equal(crop_to_multiple(image, 3), image[:3, :6])
