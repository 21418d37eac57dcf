"""Image files: written with Pillow or libvips, read."""

import numpy as np
import pytest
import pyvips
from PIL import Image

from convzoo.zoo.images.read_image import read_image
from tests.support import photograph


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_stand_upright(orientation, tmp_path):
    pixels = photograph(16, 24)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "image.png"
    Image.fromarray(pixels).save(path, exif=exif)
    turned = {
        1: pixels,
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.transpose(1, 0, 2),
        6: np.rot90(pixels, -1),
        7: np.rot90(pixels, 2).transpose(1, 0, 2),
        8: np.rot90(pixels),
    }
    np.testing.assert_array_equal(read_image(path).pixels, turned[orientation])


@pytest.mark.parametrize(
    ("mode", "channels"), [("1", 1), ("P", 3), ("L", 1), ("LA", 2)]
)
def test_modes_become_grey_or_colour(mode, channels, tmp_path):
    image = Image.fromarray(photograph(8, 8)).convert(mode)
    image.save(tmp_path / "image.png")
    found = read_image(tmp_path / "image.png").pixels
    assert found.shape == (8, 8, channels)
    expected = np.asarray(image.convert({1: "L", 2: "LA", 3: "RGB"}[channels]))
    np.testing.assert_array_equal(found.reshape(expected.shape), expected)


def test_cmyk_becomes_rgb(tmp_path):
    red = Image.new("RGB", (16, 16), (250, 10, 10)).convert("CMYK")
    red.save(tmp_path / "image.jpg", quality=95)
    found = read_image(tmp_path / "image.jpg")
    assert found.pixels.shape == (16, 16, 3)
    assert found.icc_profile is None
    assert found.pixels[..., 0].mean() > 150 > found.pixels[..., 1].mean()


def test_float_pixels_are_refused(tmp_path):
    path = tmp_path / "image.tif"
    pyvips.Image.black(4, 4).cast("float").write_to_file(str(path))
    with pytest.raises(ValueError, match="image.tif.*float"):
        read_image(path)


@pytest.fixture(params=["missing", "empty", "text", "truncated", "folder"])
def broken(request, tmp_path):
    path = tmp_path / "broken.png"
    if request.param == "empty":
        path.touch()
    elif request.param == "text":
        path.write_text("no image at all")
    elif request.param == "folder":
        path.mkdir()
    elif request.param == "truncated":
        Image.fromarray(photograph(64, 64)).save(path)
        path.write_bytes(path.read_bytes()[:2000])
    reason = {
        "missing": "does not exist",
        "empty": "is empty",
        "text": "is not an image",
        "folder": "is a folder",
        "truncated": "cannot be read",
    }
    return path, reason[request.param]


def test_broken_files_are_named_with_a_reason(broken):
    path, reason = broken
    with pytest.raises(ValueError, match=f"broken.png: {reason}") as error:
        read_image(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("keep", [400, 3000, 9000])
def test_a_truncated_jpeg_is_refused(keep, tmp_path):
    path = tmp_path / "image.jpg"
    Image.fromarray(photograph(128, 128)).save(path, quality=95)
    assert path.stat().st_size > 9000
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match="image.jpg"):
        read_image(path)
