"""Image files: written with libvips, read with libvips or Pillow."""

import struct

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.reading.read_image import read_image
from convzoo.zoo.images.writing.write_image import check_writable, write_image
from tests.support import photograph

RGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def grey_profile():
    """The smallest ICC profile of a grey space: a white point and a gamma."""
    tags = {
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061),
        b"kTRC": b"curv\0\0\0\0" + struct.pack(">IHH", 1, 0x0233, 0),
    }
    start = 128 + 4 + 12 * len(tags)
    table = struct.pack(">I", len(tags))
    body = b""
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    header = struct.pack(
        ">I4sI4s4s4s12s4s28s3i48s",
        start + len(body),
        b"none",
        0x02400000,
        b"mntr",
        b"GRAY",
        b"XYZ ",
        bytes(12),
        b"acsp",
        bytes(28),
        63190,
        65536,
        54061,
        bytes(48),
    )
    return header + table + body


def profile_for(channels):
    return RGB_PROFILE if channels > 2 else grey_profile()


@pytest.mark.parametrize("suffix", [".png", ".tif", ".tiff"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_lossless_formats_keep_every_bit(suffix, dtype, channels, tmp_path):
    pixels = photograph(9, 7, channels).astype(dtype)
    if dtype == "uint16":
        pixels = pixels * 257 + np.arange(7, dtype="uint16")[:, None]
    path = tmp_path / f"image{suffix}"
    profile = profile_for(channels)
    write_image(path, ImageFile(pixels, profile))
    found = read_image(path)
    assert found.pixels.dtype == dtype
    np.testing.assert_array_equal(found.pixels, pixels)
    assert found.icc_profile == profile


# WebP has no grey images.
@pytest.mark.parametrize(
    ("suffix", "channels"),
    [(".jpg", 1), (".jpg", 3), (".jpeg", 3), (".JPG", 3), (".webp", 3)],
)
def test_lossy_formats_stay_close(suffix, channels, tmp_path):
    pixels = np.full((16, 16, channels), 90, "uint8")
    path = tmp_path / f"image{suffix}"
    profile = profile_for(channels)
    write_image(path, ImageFile(pixels, profile))
    found = read_image(path)
    assert np.abs(found.pixels.astype(int) - 90).max() <= 2
    assert found.icc_profile == profile


def test_pillow_reads_what_is_written(tmp_path):
    pixels = photograph(8, 11, 4)
    write_image(tmp_path / "image.png", ImageFile(pixels))
    with Image.open(tmp_path / "image.png") as image:
        np.testing.assert_array_equal(np.asarray(image), pixels)


def test_nothing_is_overwritten_unless_asked(tmp_path):
    path = tmp_path / "image.png"
    path.write_text("mine")
    image = ImageFile(photograph(4, 4))
    with pytest.raises(ValueError, match="exists already"):
        write_image(path, image)
    assert path.read_text() == "mine"
    write_image(path, image, overwrite=True)
    np.testing.assert_array_equal(read_image(path).pixels, image.pixels)


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise pyvips.Error("no space")

    monkeypatch.setattr(pyvips.Image, "write_to_target", fail)
    with pytest.raises(ValueError, match="image.png"):
        write_image(tmp_path / "image.png", ImageFile(photograph(4, 4)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "pixels", "message"),
    [
        ("image.jpg", np.zeros((2, 2, 4), "uint8"), "no alpha"),
        ("image.jpg", np.zeros((2, 2, 3), "uint16"), "8 bits"),
        ("image.webp", np.zeros((2, 2, 3), "uint16"), "8 bits"),
        ("image.webp", np.zeros((2, 16384, 3), "uint8"), "16383.*16384x2"),
        ("image.bmp", np.zeros((2, 2, 3), "uint8"), r"\.jpeg.*\.png"),
        ("image", np.zeros((2, 2, 3), "uint8"), r"\.jpeg.*\.png"),
        ("no/image.png", np.zeros((2, 2, 3), "uint8"), "does not exist"),
    ],
)
def test_what_cannot_be_written_is_refused(name, pixels, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        write_image(tmp_path / name, ImageFile(pixels))
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_refused_before_the_work(tmp_path):
    (tmp_path / "image.png").touch()
    with pytest.raises(ValueError, match="exists already"):
        check_writable(tmp_path / "image.png")
    check_writable(tmp_path / "image.png", overwrite=True)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 3), bool),
        np.zeros((4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 5), np.uint8),
    ],
)
def test_what_is_no_image_is_refused(pixels, tmp_path):
    with pytest.raises(ValueError, match="`pixels` must be uint8 or uint16"):
        write_image(tmp_path / "a.png", ImageFile(pixels))
    assert list(tmp_path.iterdir()) == []
