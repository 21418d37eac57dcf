"""Image files: written with Pillow or libvips, read."""

import io
import os
import struct
import zlib

import numpy as np
import pytest
import pyvips
from PIL import Image, features

from convzoo.zoo.images.reading.decode_image import decode_image
from convzoo.zoo.images.reading.read_image import read_image
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


def encoded(image, format, **options):
    content = io.BytesIO()
    image.save(content, format, **options)
    return content.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".webp"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (SVG, "SVG is not read; save it as PNG"),
        (b"<?xml version='1.0'?>" + SVG, "SVG or another XML is not read"),
        (b"%PDF-1.4 and so on, and so on", "PDF is not read"),
        (b"P6 2 2 255 0123456789ab", "Netpbm is not read"),
        (b"SIMPLE  =                    T", "FITS is not read"),
        (b"8BPS and so on, and so on", "Photoshop is not read"),
        (b"1,2,3\n4,5,6\n7,8,9\n1,2,3", "is not an image"),
        (b"MATLAB 5.0 MAT-file, Platform", "is not an image"),
        (b"\xb6\xa6\xf2\x08" + bytes(60), "is not an image"),
    ],
)
def test_other_loaders_are_never_called(suffix, content, reason, tmp_path):
    path = tmp_path / f"image{suffix}"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"image{suffix}: {reason}"):
        read_image(path)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "WEBP"])
def test_a_format_under_another_name_is_read(format, tmp_path):
    pixels = photograph(8, 9)
    path = tmp_path / "image.jpg"
    path.write_bytes(encoded(Image.fromarray(pixels), format, lossless=True))
    np.testing.assert_array_equal(read_image(path).pixels, pixels)


NAMES = [
    b"photo.png[page=3]",
    b"photo[access=random].png",
    b"photo.tif[subifd=1]",
    b"%d.png",
    b"two\nlines.png",
    b"\xff\xfe.png",
    b"-.png",
    b"x" * 251 + b".png",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_names(name, tmp_path):
    pixels = photograph(8, 9)
    path = os.fsdecode(os.path.join(os.fsencode(tmp_path), name))
    with open(path, "wb") as file:
        file.write(encoded(Image.fromarray(pixels), "PNG"))
    np.testing.assert_array_equal(read_image(path).pixels, pixels)


def test_options_in_a_name_are_not_taken_out_of_it(tmp_path):
    Image.new("RGB", (9, 8)).save(tmp_path / "photo.png")
    with pytest.raises(ValueError, match="does not exist"):
        read_image(tmp_path / "photo.png[page=0]")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "is not a regular file"),
        (lambda path: os.symlink("/dev/zero", path), "is not a regular file"),
        (lambda path: os.symlink("nowhere", path), "is a link to a missing"),
        (
            lambda path: os.symlink("image.png", path),
            "cannot be read .Too many",
        ),
    ],
)
def test_what_is_no_regular_file_is_refused(make, reason, tmp_path):
    make(tmp_path / "image.png")
    with pytest.raises(ValueError, match=f"image.png: {reason}"):
        read_image(tmp_path / "image.png")


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "file.png/inner.png"])
def test_paths_that_cannot_be_are_refused(name, tmp_path):
    (tmp_path / "file.png").touch()
    with pytest.raises(ValueError, match="cannot be read|embedded null"):
        read_image(f"{tmp_path}/{name}")


def test_a_large_image_is_refused_by_its_header(tmp_path):
    """A file of 100 bytes that claims 10 gigapixels."""

    def chunk(kind, data):
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"0"))
    path = tmp_path / "image.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + pixels
        + chunk(b"IEND", b"")
    )
    with pytest.raises(ValueError, match="100000x100000.*`max_pixels`"):
        read_image(path)
    with pytest.raises(ValueError, match="GB of memory"):
        read_image(path, max_pixels=10**11)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_too_short_for_its_size_is_refused(progressive, tmp_path):
    """Libraries fill what is missing with grey."""
    path = tmp_path / "image.jpg"
    Image.new("L", (4000, 4000), 90).save(path, progressive=progressive)
    assert read_image(path).pixels.shape == (4000, 4000, 1)
    content = encoded(Image.new("L", (8, 8)), "JPEG", progressive=progressive)
    frame = content.index(b"\xff\xc2" if progressive else b"\xff\xc0") + 5
    side = (20_000).to_bytes(2, "big")
    path.write_bytes(content[:frame] + side * 2 + content[frame + 4 :])
    with pytest.raises(ValueError, match="too few for 20000x20000"):
        read_image(path)


@pytest.mark.parametrize("limit", [0, -1, 2.5, None])
def test_a_bad_limit_is_quoted(limit, tmp_path):
    Image.new("RGB", (9, 8)).save(tmp_path / "image.png")
    with pytest.raises(ValueError, match="`max_pixels`.*Received"):
        read_image(tmp_path / "image.png", limit)


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("1", 1), ("L", 1), ("P", 3), ("RGB", 3), ("RGBA", 3)],
)
def test_bmp(mode, channels, tmp_path):
    image = Image.fromarray(photograph(8, 9)).convert(mode)
    path = tmp_path / "image.bmp"
    image.save(path)
    found = read_image(path).pixels
    # The fourth byte of a pixel is reserved, and no alpha.
    kept = "L" if channels == 1 else "RGB"
    expected = np.asarray(image.convert(kept)).reshape(8, 9, channels)
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match="9x8 pixels.*`max_pixels`"):
        read_image(path, max_pixels=71)
    for length in (20, 40, 60):
        path.write_bytes(path.read_bytes()[:length])
        with pytest.raises(ValueError, match="cannot be read as BMP"):
            read_image(path)


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_avif_has_the_full_range(bits, tmp_path):
    pixels = photograph(16, 16)
    pixels[:8] = 255
    stored = pixels if bits == 8 else pixels.astype("uint16") * 257
    interpretation = "srgb" if bits == 8 else "rgb16"
    image = pyvips.Image.new_from_array(stored, interpretation=interpretation)
    path = tmp_path / "image.avif"
    image.heifsave(str(path), compression="av1", lossless=True, bitdepth=bits)
    found = read_image(path).pixels
    assert found.dtype == stored.dtype
    step = 65535 / ((1 << bits) - 1) if bits > 8 else 1
    assert np.abs(found.astype(float) - stored).max() <= step
    assert found[0, 0, 0] == np.iinfo(found.dtype).max


def test_heic_is_named_where_it_is_not_decoded(tmp_path):
    path = tmp_path / "image.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99))
    with pytest.raises(ValueError, match="image.heic: .*HEIC"):
        read_image(path)


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_of_an_animation_the_first_image_is_read(format, tmp_path):
    frames = [Image.new("RGB", (9, 8), color) for color in ("red", "blue")]
    if format == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow does not write AVIF")
    path = tmp_path / "image.any"
    frames[0].save(path, format, save_all=True, append_images=frames[1:])
    with pytest.warns(UserWarning, match="first .*is read"):
        found = read_image(path).pixels
    assert found.shape[:2] == (8, 9)
    assert found[0, 0, 0] > 245 > 10 > found[0, 0, 2]


@pytest.mark.parametrize(
    ("chunk", "match"), [(b"\x09\x10\0\1", "PQ"), (b"\x09\x12\0\1", "HLG")]
)
def test_png_of_high_dynamic_range_is_refused(chunk, match, tmp_path):
    path = tmp_path / "image.png"
    path.write_bytes(with_chunk(b"cICP", chunk))
    with pytest.raises(ValueError, match=f"image.png: .*{match}"):
        read_image(path)


def with_chunk(kind, data):
    content = encoded(Image.new("RGB", (9, 8)), "PNG")
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    chunk = struct.pack(">I", len(data)) + kind + data + checksum
    return content[:33] + chunk + content[33:]


def test_gamma_that_is_ignored_is_named(tmp_path):
    path = tmp_path / "image.png"
    path.write_bytes(with_chunk(b"gAMA", struct.pack(">I", 100_000)))
    with pytest.warns(UserWarning, match="gamma of 1 is ignored"):
        read_image(path)
    path.write_bytes(with_chunk(b"gAMA", struct.pack(">I", 45455)))
    read_image(path)


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_one_transparent_colour_becomes_alpha(mode, tmp_path):
    image = Image.fromarray(photograph(8, 9)).convert(mode)
    color = image.getpixel((3, 4))
    image.save(tmp_path / "image.png", transparency=color)
    found = read_image(tmp_path / "image.png").pixels
    kept = "LA" if mode == "L" else "RGBA"
    with Image.open(tmp_path / "image.png") as again:
        expected = np.asarray(again.convert(kept))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("mode", ["L", "RGB", "YCbCr"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_equals_pillow(mode, progressive, tmp_path):
    path = tmp_path / "image.jpg"
    image = Image.fromarray(photograph(40, 30)).convert(mode)
    image.save(path, progressive=progressive, quality=95)
    found = read_image(path).pixels
    with Image.open(path) as again:
        expected = np.asarray(again).reshape(found.shape)
    np.testing.assert_array_equal(found, expected)


def test_a_stream_is_decoded():
    pixels = photograph(8, 9)
    stream = io.BytesIO(encoded(Image.fromarray(pixels), "PNG"))
    np.testing.assert_array_equal(decode_image(stream).pixels, pixels)
    with pytest.raises(ValueError, match="standard input: is not an image"):
        decode_image(io.BytesIO(b"no image"), "standard input")


@pytest.mark.parametrize(
    ("format", "mode", "channels"),
    [("WEBP", "RGB", 3), ("WEBP", "RGBA", 4), ("GIF", "P", 3), ("GIF", "L", 3)],
)
def test_lossless_formats_equal_pillow(format, mode, channels, tmp_path):
    image = Image.fromarray(photograph(20, 24, 4)).convert(mode)
    path = tmp_path / "image.any"
    image.save(path, format, lossless=True, exact=True)
    found = read_image(path).pixels
    kept = {3: "RGB", 4: "RGBA"}[channels]
    np.testing.assert_array_equal(found, np.asarray(image.convert(kept)))


def test_transparent_parts_of_a_gif_become_alpha(tmp_path):
    image = Image.fromarray(photograph(20, 24)).quantize(8)
    image.save(tmp_path / "image.gif", transparency=3)
    found = read_image(tmp_path / "image.gif").pixels
    with Image.open(tmp_path / "image.gif") as again:
        expected = np.asarray(again.convert("RGBA"))
    np.testing.assert_array_equal(found[..., 3], expected[..., 3])
    opaque = expected[..., 3] == 255
    np.testing.assert_array_equal(found[opaque], expected[opaque])
