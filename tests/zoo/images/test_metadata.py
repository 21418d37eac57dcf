"""EXIF data and resolution, written and read by Pillow."""

import numpy as np
import pytest
import pyvips
from PIL import Image

from convzoo.zoo.images.reading.read_image import read_image
from convzoo.zoo.images.writing import saved
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph

FORMATS = ["jpg", "png", "webp", "tif"]
DATE, MAKE, ORIENTATION, COPYRIGHT = 0x0132, 0x010F, 0x0112, 0x8298
PHOTO, GPS = 0x8769, 0x8825
TAKEN, EXPOSURE, LENS, MAKER_NOTE, WIDTH = (
    0x9003,
    0x829A,
    0xA434,
    0x927C,
    0xA002,
)
PLACE = {1: "N", 2: (48.0, 8.0, 12.5), 3: "E", 4: (11.0, 34.0, 1.25)}
DAY = "2020:01:02 03:04:05"


def exif_of(endian="<"):
    exif = Image.Exif()
    exif.endian = endian
    exif[DATE], exif[MAKE], exif[ORIENTATION] = DAY, "Camera", 6
    exif[COPYRIGHT] = "© Müller".encode()
    exif.get_ifd(PHOTO).update(
        {TAKEN: DAY, EXPOSURE: (1, 125), LENS: "50mm", WIDTH: 12}
    )
    exif.get_ifd(PHOTO)[MAKER_NOTE] = b"note" * 9
    exif.get_ifd(GPS).update(PLACE)
    return exif


def check_exif(path):
    with Image.open(path) as image:
        found = image.getexif()
        assert found[DATE] == DAY and found[MAKE] == "Camera"
        assert found[COPYRIGHT].encode("latin-1") == "© Müller".encode()
        assert found.get(ORIENTATION, 1) == 1
        photo = found.get_ifd(PHOTO)
        assert photo[TAKEN] == DAY and photo[LENS] == "50mm"
        # Pillow wrote the pair as two numbers.
        assert photo[EXPOSURE] == (1, 125)
        assert MAKER_NOTE not in photo
        assert photo.get(WIDTH, image.width) == image.width
        assert found.get_ifd(GPS) == PLACE


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("source", ["jpg", "png", "webp"])
def test_exif_data_are_kept(source, suffix, tmp_path):
    before, after = tmp_path / f"a.{source}", tmp_path / f"b.{suffix}"
    pixels = photograph(8, 12)
    Image.fromarray(pixels).save(before, exif=exif_of())
    found = read_image(before)
    assert found.pixels.shape == (12, 8, 3)
    write_image(after, found)
    check_exif(after)
    # What was written is kept again.
    write_image(tmp_path / "c.jpg", read_image(after))
    check_exif(tmp_path / "c.jpg")


@pytest.mark.parametrize("big", [False, True])
def test_exif_data_in_tiff(big, tmp_path, monkeypatch):
    if big:
        monkeypatch.setattr(saved, "_BIG_TIFF", 0)
    Image.fromarray(photograph(8, 12)).save(tmp_path / "a.jpg", exif=exif_of())
    found = read_image(tmp_path / "a.jpg")
    write_image(tmp_path / "b.tif", found)
    check_exif(tmp_path / "b.tif")
    again = read_image(tmp_path / "b.tif")
    assert again.exif == found.exif
    np.testing.assert_array_equal(again.pixels, found.pixels)
    pages = pyvips.Image.new_from_file(str(tmp_path / "b.tif"))
    assert pages.get("n-pages") == 1


def test_big_endian_exif_data(tmp_path):
    Image.fromarray(photograph(8, 12)).save(
        tmp_path / "a.jpg", exif=exif_of(">")
    )
    found = read_image(tmp_path / "a.jpg")
    write_image(tmp_path / "b.png", found)
    check_exif(tmp_path / "b.png")


def test_tags_of_a_tiff_file_are_read(tmp_path):
    exif = Image.Exif()
    exif[DATE], exif[MAKE] = DAY, "Camera"
    Image.fromarray(photograph(8, 12)).save(tmp_path / "a.tif", exif=exif)
    write_image(tmp_path / "b.jpg", read_image(tmp_path / "a.tif"))
    with Image.open(tmp_path / "b.jpg") as image:
        assert image.getexif()[DATE] == DAY
        assert image.getexif()[MAKE] == "Camera"


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
@pytest.mark.parametrize(
    ("orientation", "expected"), [(3, (200, 100)), (6, (100, 200))]
)
def test_resolution_turns_with_the_image(
    orientation, expected, suffix, tmp_path
):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(photograph(8, 12)).save(path, dpi=(200, 100), exif=exif)
    np.testing.assert_allclose(read_image(path).dpi, expected, atol=0.02)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
@pytest.mark.parametrize("dpi", [(300, 300), (96, 96), (200, 100), None])
def test_resolution_is_kept(dpi, suffix, tmp_path):
    keywords = {} if dpi is None else {"dpi": dpi}
    for source in ("jpg", "png", "tif"):
        path = tmp_path / f"a.{source}"
        Image.fromarray(photograph(8, 12)).save(path, **keywords)
        found = read_image(path)
        write_image(tmp_path / f"b.{suffix}", found, overwrite=True)
        with Image.open(tmp_path / f"b.{suffix}") as image:
            expected = dpi or (72, 72)
            given = [float(each) for each in image.info["dpi"]]
            if suffix == "jpg":
                # Of JPEG, Pillow tells only one of the two.
                given = [float(image.getexif()[tag]) for tag in (282, 283)]
            np.testing.assert_allclose(given, expected, atol=0.02)


@pytest.mark.parametrize(
    ("unit", "expected"), [(2, 250), (3, 635), (1, None), (None, 250)]
)
def test_webp_has_its_resolution_in_exif_data(unit, expected, tmp_path):
    exif = Image.Exif()
    exif[0x011A] = exif[0x011B] = 250.0
    if unit is not None:
        exif[0x0128] = unit
    Image.fromarray(photograph(4, 4)).save(tmp_path / "a.webp", exif=exif)
    found = read_image(tmp_path / "a.webp")
    assert found.dpi == (None if expected is None else (expected, expected))
    write_image(tmp_path / "b.webp", found)
    again = read_image(tmp_path / "b.webp")
    np.testing.assert_allclose(again.dpi, expected or 72, atol=0.01)


@pytest.mark.parametrize(
    "data",
    [
        b"Exif\0\0",
        b"Exif\0\0no TIFF at all",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\xff\xff\xff\x7f",
    ],
)
@pytest.mark.filterwarnings("ignore:.*EXIF data are damaged")
def test_damaged_exif_data_are_no_reason_to_refuse(data, tmp_path):
    pixels = photograph(8, 12)
    for suffix in ("jpg", "png", "webp"):
        path = tmp_path / f"a.{suffix}"
        Image.fromarray(pixels).save(path, exif=data)
        found = read_image(path)
        assert found.exif is None
        write_image(tmp_path / f"b.{suffix}", found)


@pytest.mark.filterwarnings("ignore:.*EXIF data are damaged")
def test_random_changes_of_exif_data(tmp_path):
    """Any bytes are read without another exception, and written again."""
    random = np.random.default_rng(0)
    whole = bytearray(exif_of().tobytes())
    for _ in range(60):
        data = bytearray(whole)
        for at in random.integers(8, len(data), 4):
            data[at] = random.integers(256)
        Image.fromarray(photograph(4, 4)).save(
            tmp_path / "a.jpg", exif=bytes(data)
        )
        found = read_image(tmp_path / "a.jpg")
        for suffix in FORMATS:
            path = tmp_path / f"b.{suffix}"
            write_image(path, found, overwrite=True)
            with Image.open(path) as image:
                assert image.size == (4, 4)


def test_too_long_exif_data_are_left_out(tmp_path):
    exif = exif_of()
    for tag in (0x010E, 0x0131, 0x013B):
        exif[tag] = "x" * 30_000
    Image.fromarray(photograph(4, 4)).save(tmp_path / "a.png", exif=exif)
    with pytest.warns(UserWarning, match="EXIF data are damaged or too long"):
        assert read_image(tmp_path / "a.png").exif is None
