"""Images written in strips, against images written in one piece."""

import resource
import threading

import numpy as np
import pytest
import pyvips

from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.metadata import Metadata
from convzoo.zoo.images.reading.read_image import read_image
from convzoo.zoo.images.writing import saved
from convzoo.zoo.images.writing.write_image import write_image
from convzoo.zoo.images.writing.write_strips import write_strips

FORMATS = ["png", "tif", "jpg", "webp"]


def noise(height, width, channels, dtype="uint8"):
    random = np.random.default_rng(height)
    largest = np.iinfo(dtype).max
    shape = height, width, channels
    return random.integers(0, largest, shape, dtype, endpoint=True)


def in_strips(path, pixels, rows=37, **arguments):
    strips = (pixels[i : i + rows] for i in range(0, len(pixels), rows))
    write_strips(
        path, strips, pixels.shape, pixels.dtype, Metadata(), **arguments
    )


@pytest.mark.parametrize("rows", [1, 37, 1000])
@pytest.mark.parametrize(
    ("suffix", "dtype", "channels"),
    [
        *[(s, d, c) for s in ("png", "tif") for d in ("uint8", "uint16")
          for c in (1, 2, 3, 4)],
        *[("jpg", "uint8", c) for c in (1, 3)],
        *[("webp", "uint8", c) for c in (1, 2, 3, 4)],
    ],
)  # fmt: skip
def test_strips_make_the_same_file(suffix, dtype, channels, rows, tmp_path):
    pixels = noise(120, 53, channels, dtype)
    write_image(tmp_path / f"whole.{suffix}", ImageFile(pixels))
    in_strips(tmp_path / f"strips.{suffix}", pixels, rows)
    whole, strips = (
        (tmp_path / f"{name}.{suffix}").read_bytes()
        for name in ("whole", "strips")
    )
    assert whole == strips


def test_rows_larger_than_a_part(tmp_path):
    pixels = noise(3, 300_000, 4, "uint16")
    in_strips(tmp_path / "wide.png", pixels, 2)
    found = read_image(tmp_path / "wide.png").pixels
    np.testing.assert_array_equal(found, pixels)


@pytest.mark.parametrize("quality", [10, None, 100])
def test_quality_is_that_of_the_format(quality, tmp_path):
    pixels = noise(64, 64, 3)
    in_strips(tmp_path / "image.jpg", pixels, quality=quality)
    vips = pyvips.Image.new_from_array(pixels, interpretation="srgb")
    expected = vips.jpegsave_buffer(Q=quality or 95, subsample_mode="off")
    found = read_image(tmp_path / "image.jpg").pixels
    (tmp_path / "expected.jpg").write_bytes(expected)
    wanted = read_image(tmp_path / "expected.jpg").pixels
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("quality", [0, 101, -5, 50.5, "9", True])
def test_a_bad_quality_is_quoted(quality, tmp_path):
    with pytest.raises(ValueError, match="quality"):
        in_strips(tmp_path / "image.jpg", noise(4, 4, 3), quality=quality)


@pytest.fixture
def full_disk():
    """Files end at 100 kB, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_full_disk_is_named_and_leaves_nothing(suffix, tmp_path, full_disk):
    pixels = noise(1000, 400, 3)
    path = tmp_path / f"image.{suffix}"
    message = rf"image.{suffix}: cannot be written \(File too large\)$"
    with pytest.raises(ValueError, match=message):
        write_image(path, ImageFile(pixels))
    with pytest.raises(ValueError, match=message):
        in_strips(path, pixels)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, KeyError, MemoryError])
@pytest.mark.parametrize("suffix", FORMATS)
def test_an_interruption_leaves_nothing(suffix, error, tmp_path):
    pixels = noise(40, 400, 3)

    def strips():
        yield pixels
        raise error

    before = threading.active_count()
    with pytest.raises(error):
        write_strips(
            tmp_path / f"image.{suffix}",
            strips(),
            (4000, 400, 3),
            pixels.dtype,
            Metadata(),
        )
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before


def test_too_few_rows_are_an_error_and_no_file(tmp_path):
    pixels = noise(40, 30, 3)
    with pytest.raises(ValueError, match="image.png: cannot be written"):
        write_strips(
            tmp_path / "image.png", [pixels], (41, 30, 3), pixels.dtype,
            Metadata(),
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_large_tiff_files_have_64_bit_offsets(tmp_path, monkeypatch):
    pixels = noise(40, 30, 3)
    in_strips(tmp_path / "small.tif", pixels)
    monkeypatch.setattr(saved, "_BIG_TIFF", 3599)
    in_strips(tmp_path / "big.tif", pixels)
    for name, version in (("small", 42), ("big", 43)):
        path = tmp_path / f"{name}.tif"
        assert path.read_bytes()[2] == version
        np.testing.assert_array_equal(read_image(path).pixels, pixels)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("x.jpg", (4, 65501, 3)),
        ("x.jpeg", (65501, 4, 1)),
        ("x.webp", (16384, 1, 3)),
    ],
)
def test_sides_beyond_a_format_are_refused_early(name, shape, tmp_path):
    def work():
        raise AssertionError
        yield

    with pytest.raises(ValueError, match=f"{name}: .* limited to .* pixels"):
        write_strips(
            tmp_path / name, work(), shape, np.dtype("uint8"), Metadata()
        )
