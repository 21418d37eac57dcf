import os
import struct
import zlib

import keras
import numpy as np
import pytest
from PIL import Image

from convzoo.export import served
from convzoo.export.calibration_images import calibration_images
from tests.support import photograph


def model_of(channels):
    image = keras.Input((None, None, channels), name="image")
    return served(keras.Model(image, keras.layers.ReLU(name="same")(image)))


@pytest.mark.parametrize("channels, mode", [(3, "RGB"), (1, "L")])
@pytest.mark.parametrize("sides", [(300, 250), (201, 40), (7, 9)])
def test_the_middle_of_an_image(channels, mode, sides, tmp_path):
    image = Image.fromarray(photograph(*sides))
    image.save(tmp_path / "a.png")
    (found,) = calibration_images(tmp_path, model_of(channels))
    pixels = np.asarray(image.convert(mode)) / np.float32(255)
    top, left = (max(0, side - 192) // 2 for side in sides)
    expected = pixels[top : top + 192, left : left + 192]
    np.testing.assert_allclose(
        found["image"],
        expected.reshape(1, *expected.shape[:2], channels),
        rtol=1e-6,
    )


@pytest.mark.parametrize(
    ("sides", "limits", "expected"),
    [
        ((300, 250), (64, 64), (77, 64)),
        ((30, 40), (64, 64), (64, 85)),
        ((30, 40), (17, None), (30, 40)),
        ((10, 20), (17, None), (17, 34)),
        ((400, 400), (224, 224), (224, 224)),
        # One row becomes no image of 4,000 columns.
        ((1, 4000), (64, 64), (64, 192)),
    ],
)
def test_images_are_scaled_to_what_a_model_takes(
    sides, limits, expected, tmp_path
):
    image = Image.fromarray(photograph(*sides))
    image.save(tmp_path / "a.png")
    model = model_of(3)._replace(sides=limits, image_range=(-1, 1))
    (found,) = calibration_images(tmp_path, model)
    height, width = expected
    assert found["image"].shape == (1, height, width, 3)
    if max(sides) < 4000:
        whole = np.asarray(image.resize((width, height), Image.BICUBIC))
        np.testing.assert_allclose(
            found["image"][0], whole / 127.5 - 1, atol=1e-5
        )


def test_at_most_64_images_from_all_of_them(tmp_path):
    for index in range(130):
        image = Image.new("RGB", (1, 1), (index, 0, 0))
        image.save(tmp_path / f"{index:03}.png")
    found = calibration_images(tmp_path, model_of(3))
    reds = [round(255 * float(each["image"][0, 0, 0, 0])) for each in found]
    assert reds == list(range(0, 130, 3))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes")
def test_what_is_no_file_is_passed_over(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    (tmp_path / "b.png").mkdir()
    with pytest.raises(ValueError, match="contains no JPEG, PNG or WebP"):
        calibration_images(tmp_path, model_of(3))


def png(width, height):
    """A PNG file of few bytes that says it is large."""

    def chunk(name, content):
        body = name + content
        check = struct.pack(">I", zlib.crc32(body))
        return struct.pack(">I", len(content)) + body + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content", [b"", b"no", png(60_000, 60_000), png(200, 200)[:45], b"RIFF"]
)
def test_an_image_that_cannot_be_read_is_named(content, tmp_path):
    (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(ValueError, match="bad.png: cannot be read as an ima"):
        calibration_images(tmp_path, model_of(3))
