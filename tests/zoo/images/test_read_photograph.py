"""Photographs as the networks take them."""

import numpy as np

from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.read_photograph import read_photograph
from convzoo.zoo.images.write_image import write_image
from tests.support import photograph


def test_photograph_drops_alpha_and_depth(tmp_path):
    pixels = photograph(6, 5, 4).astype("uint16") * 257
    write_image(tmp_path / "image.png", ImageFile(pixels))
    found = read_photograph(tmp_path / "image.png")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, photograph(6, 5, 4)[..., :3])
