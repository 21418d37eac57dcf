"""Image files: written with Pillow or libvips, read with the other."""

import struct

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.list_images import list_images
from convzoo.zoo.images.read_image import read_image
from convzoo.zoo.images.read_photograph import read_photograph
from convzoo.zoo.images.write_image import check_writable, write_image
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


def test_photograph_drops_alpha_and_depth(tmp_path):
    pixels = photograph(6, 5, 4).astype("uint16") * 257
    write_image(tmp_path / "image.png", ImageFile(pixels))
    found = read_photograph(tmp_path / "image.png")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, photograph(6, 5, 4)[..., :3])


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
    def fail(self, path, **_):
        with open(path, "w") as file:
            file.write("half")
        raise pyvips.Error("no space")

    monkeypatch.setattr(pyvips.Image, "write_to_file", fail)
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


def test_lists_are_sorted_and_leave_out_the_rest(tmp_path):
    for name in ("b.PNG", "a.jpg", "notes.txt", "c.tif"):
        (tmp_path / name).touch()
    assert [p.name for p in list_images(tmp_path)] == [
        "a.jpg",
        "b.PNG",
        "c.tif",
    ]


def test_an_empty_or_missing_folder_is_named(tmp_path):
    with pytest.raises(ValueError, match="holds no image"):
        list_images(tmp_path)
    with pytest.raises(ValueError, match="is not a folder"):
        list_images(tmp_path / "no")
