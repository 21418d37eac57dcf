"""TIFF files of all kinds: read right, or refused."""

import io

import numpy as np
import pytest
import pyvips
from PIL import Image

from convzoo.zoo.images.reading.read_image import read_image
from tests.support import photograph
from tests.zoo.images.reading.tiff_writer import tiff

tifffile = pytest.importorskip("tifffile")

ALPHA, PREMULTIPLIED, UNSPECIFIED = 2, 1, 0


def random(bits, channels):
    generator = np.random.default_rng(bits)
    return generator.integers(0, 1 << bits, (6, 9, channels))


def read(content, folder):
    path = folder / "image.tif"
    path.write_bytes(content)
    return read_image(path).pixels


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("photometric", [0, 1])
def test_grey_of_any_depth(order, bits, photometric, tmp_path):
    samples = random(bits, 1)
    found = read(tiff(samples, bits, photometric, order), tmp_path)
    full = np.iinfo(found.dtype).max
    expected = samples * full // ((1 << bits) - 1)
    if photometric == 0:
        expected = full - expected
    assert full == (65535 if bits == 16 else 255)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(
    ("photometric", "channels", "tags"),
    [(2, 3, {}), (2, 4, {}), (2, 4, {"t338": [ALPHA]}), (1, 2, {})],
)
def test_colour_and_alpha(order, bits, photometric, channels, tags, tmp_path):
    samples = random(bits, channels)
    content = tiff(samples, bits, photometric, order, **tags)
    np.testing.assert_array_equal(read(content, tmp_path), samples)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(("photometric", "channels"), [(1, 2), (2, 4)])
def test_premultiplied_alpha_is_divided_out(
    bits, photometric, channels, tmp_path
):
    samples = random(bits, channels)
    full = (1 << bits) - 1
    samples[..., :-1] = samples[..., :-1] * samples[..., -1:] // full
    content = tiff(samples, bits, photometric, t338=[PREMULTIPLIED])
    found = read(content, tmp_path)
    alpha = np.maximum(samples[..., -1:], 1)
    expected = samples[..., :-1] * full / alpha
    assert np.abs(found[..., :-1] - expected).max() <= 1
    np.testing.assert_array_equal(found[..., -1:], samples[..., -1:])


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palettes(bits, tmp_path):
    samples = random(bits, 1)
    palette = np.random.default_rng(0).integers(0, 65536, (3, 1 << bits))
    found = read(tiff(samples, bits, 3, t320=palette.ravel()), tmp_path)
    expected = palette.T[samples[..., 0]] >> 8
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("bits", [8, 16])
def test_cmyk(bits, tmp_path):
    cyan = np.zeros((4, 4, 4), "int64")
    cyan[..., 0] = (1 << bits) - 1
    found = read(tiff(cyan, bits, 5), tmp_path)
    assert found.shape == (4, 4, 3) and found.dtype == np.uint8
    red, green, blue = found[0, 0]
    assert red < 60 < 120 < green < blue


@pytest.mark.parametrize(
    ("samples", "bits", "photometric", "tags", "message"),
    [
        (random(12, 1), 12, 1, {}, "12 bits"),
        (random(10, 3), 10, 2, {}, "10 bits"),
        (random(8, 3), 8, 2, {"t339": [2, 2, 2]}, "signed integers"),
        (random(16, 3), 16, 2, {"t339": [3, 3, 3]}, "floats"),
        (random(16, 1), 16, 1, {"t339": [5]}, "complex"),
        (random(8, 1), 8, 4, {}, "a mask"),
        (random(8, 3), 8, 6, {}, "YCbCr without JPEG"),
        (random(8, 3), 8, 8, {}, "CIELAB"),
        (random(16, 3), 16, 8, {}, "CIELAB"),
        (random(8, 3), 8, 9, {}, "ICCLAB"),
        (random(8, 3), 8, 10, {}, "ITULAB"),
        (random(16, 1), 16, 32803, {}, "raw data of a camera"),
        (random(16, 3), 16, 34892, {}, "raw data of a camera"),
        (random(8, 1), 8, 999, {}, "interpretation 999"),
        (random(8, 4), 8, 5, {"t332": [2]}, "other than CMYK"),
        (random(8, 3), 8, 1, {"t338": [0, 0]}, "neither colours nor alpha"),
        (random(8, 4), 8, 2, {"t338": [0]}, "neither colours nor alpha"),
        (random(8, 5), 8, 2, {"t338": [2, 0]}, "neither colours nor alpha"),
        (random(8, 2), 8, 0, {"t338": [1]}, "premultiplied"),
        (random(8, 1), 8, 2, {}, "too few channels"),
        (random(8, 3), 8, 2, {"t254": [1]}, "a preview or a mask"),
        (random(8, 1), 8, 1, {"t254": [4]}, "a preview or a mask"),
    ],
)
def test_what_is_not_certain_is_refused(
    samples, bits, photometric, tags, message, tmp_path
):
    with pytest.raises(ValueError, match=f"image.tif: .*{message}"):
        read(tiff(samples, bits, photometric, **tags), tmp_path)


@pytest.mark.parametrize("photometric", ["minisblack", "rgb", "cielab"])
@pytest.mark.parametrize(
    "dtype", ["int8", "int16", "int32", "uint32", "uint64", "float16"]
)
def test_types_of_tifffile_that_are_refused(photometric, dtype, tmp_path):
    pixels = np.ones((6, 5, 3) if photometric != "minisblack" else (6, 5))
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, pixels.astype(dtype), photometric=photometric)
    with pytest.raises(ValueError, match="image.tif: .*Received: "):
        read_image(path)


@pytest.mark.parametrize(
    "options",
    [
        {"planarconfig": "separate"},
        {"byteorder": ">"},
        {"bigtiff": True},
        {"bigtiff": True, "byteorder": ">"},
        {"tile": (16, 16)},
        {"compression": "zlib", "predictor": True},
    ],
)
def test_layouts_of_tifffile(options, tmp_path):
    pixels = photograph(20, 24).astype("uint16") * 257
    path = tmp_path / "image.tif"
    stored = pixels
    if "planarconfig" in options:
        stored = np.moveaxis(pixels, -1, 0)
    tifffile.imwrite(path, stored, photometric="rgb", **options)
    np.testing.assert_array_equal(read_image(path).pixels, pixels)


@pytest.mark.parametrize(
    ("mode", "compression"),
    [
        ("1", "group4"),
        ("L", "tiff_lzw"),
        ("P", "packbits"),
        ("PA", None),
        ("LA", "tiff_deflate"),
        ("RGB", "tiff_lzw"),
        ("RGBA", "packbits"),
        ("RGB", "jpeg"),
        ("YCbCr", "jpeg"),
    ],
)
def test_compressions_of_pillow(mode, compression, tmp_path):
    image = Image.fromarray(photograph(20, 24, 4)).convert(mode)
    content = io.BytesIO()
    image.save(content, "TIFF", compression=compression)
    found = read(content.getvalue(), tmp_path)
    kept = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[found.shape[-1]]
    with Image.open(content) as again:
        expected = np.asarray(again.convert(kept)).reshape(found.shape)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("space", ["lab", "labs", "scrgb", "xyz", "lch"])
def test_spaces_of_libvips_that_are_refused(space, tmp_path):
    image = pyvips.Image.new_from_array(photograph(6, 6), interpretation="srgb")
    image.colourspace(space).write_to_file(str(tmp_path / "image.tif"))
    with pytest.raises(ValueError, match="image.tif: "):
        read_image(tmp_path / "image.tif")


def test_of_several_pages_the_first_is_read_with_a_warning(tmp_path):
    pages = np.stack([photograph(6, 5, 1, seed=n) for n in range(3)])
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, pages[..., 0], photometric="minisblack")
    with pytest.warns(UserWarning, match="image.tif: has 3 pages"):
        found = read_image(path)
    np.testing.assert_array_equal(found.pixels, pages[0])


@pytest.mark.parametrize("length", [8, 9, 60, 100])
def test_a_truncated_directory_is_refused(length, tmp_path):
    # The directory of libvips is at the end, that of Pillow at the start.
    content = io.BytesIO()
    Image.fromarray(photograph(6, 6)).save(content, "TIFF")
    with pytest.raises(ValueError, match="image.tif: "):
        read(content.getvalue()[:length], tmp_path)


@pytest.mark.parametrize("tag", ["t256", "t257"])
def test_a_file_too_short_for_its_size_is_refused(tag, tmp_path):
    content = tiff(random(8, 3), 8, 2, **{tag: [60_000]})
    with pytest.raises(ValueError, match="bytes are too few for .*60000"):
        read(content, tmp_path)
