"""Photographs as the networks take them."""

import numpy as np
import pytest
from PIL import Image

from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.reading.photograph_of import photograph_of
from convzoo.zoo.images.reading.read_photograph import read_photograph
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph


def on_white(pixels):
    """Composite with Pillow."""
    modes = {2: ("LA", "L"), 4: ("RGBA", "RGB")}
    with_alpha, without = modes[pixels.shape[-1]]
    image = Image.fromarray(pixels, with_alpha).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    flat = Image.alpha_composite(white, image).convert(without)
    return np.asarray(flat).reshape(*pixels.shape[:2], -1)


@pytest.mark.filterwarnings("ignore:'mode' parameter")
@pytest.mark.parametrize("channels", [2, 4])
@pytest.mark.parametrize("depth", [8, 16])
def test_alpha_is_composited_on_white(channels, depth, tmp_path):
    pixels = photograph(6, 5, channels)
    pixels[0, 0, -1], pixels[1, 1, -1] = 0, 255
    stored = pixels if depth == 8 else pixels.astype("uint16") * 257
    write_image(tmp_path / "image.png", ImageFile(stored))
    found = read_photograph(tmp_path / "image.png")
    assert found.dtype == np.uint8
    difference = found.astype(int) - on_white(pixels)
    assert np.abs(difference).max() <= 1
    assert (found[0, 0] == 255).all()
    np.testing.assert_array_equal(found[1, 1], pixels[1, 1, :-1])


def test_hidden_colours_have_no_effect(tmp_path):
    found = []
    for hidden in (0, 90, 255):
        pixels = photograph(8, 8, 4)
        pixels[:, 4:, :3], pixels[:, 4:, 3] = hidden, 0
        Image.fromarray(pixels).save(tmp_path / "image.png")
        found.append(read_photograph(tmp_path / "image.png"))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_sixteen_bits_are_rounded():
    values = np.arange(65536, dtype="uint16").reshape(256, 256, 1)
    expected = np.rint(values.astype("float64") / 257)
    np.testing.assert_array_equal(photograph_of(values), expected)


def test_other_types_are_refused():
    with pytest.raises(ValueError, match="8 or 16 bits.*float32"):
        photograph_of(np.zeros((2, 2, 3), "float32"))


def test_a_limit_of_pixels(tmp_path):
    Image.new("RGB", (9, 8)).save(tmp_path / "image.png")
    with pytest.raises(ValueError, match="9x8 pixels.*`max_pixels`.*=71"):
        read_photograph(tmp_path / "image.png", max_pixels=71)
    assert read_photograph(tmp_path / "image.png", max_pixels=72).shape[0] == 8
