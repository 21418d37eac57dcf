"""Files that must not reach a decoder, and honest files that resemble them."""

import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from convzoo.export.checked_image import longest_side
from convzoo.export.image_bytes import decoded
from tests.export.image_kinds import (
    PNG,
    animated,
    extended,
    file,
    jpeg_of_scans,
    noise,
    on_white,
    png_chunk,
    png_header,
    webp,
    webp_chunks,
)

MOST = 5000
STILL = "must be a still image"
LARGE = f"at most {MOST} pixels"
KNOWN = "must be a JPEG, PNG or WebP file"
ANIMATION = animated("webp", 24, 20, 3)


@pytest.fixture(scope="module")
def decode():
    @tf.function(input_signature=[tf.TensorSpec((), tf.string)])
    def function(encoded):
        return decoded(encoded, 3, MOST)

    return function


def flags_cleared():
    first, *rest = webp_chunks(ANIMATION)
    return webp(extended(24, 20), *rest)


def renamed(name):
    return flags_cleared().replace(name, b"XXXX")


def still_before_frames():
    """Return a still image that is followed by the frames of another."""
    frames = [c for c in webp_chunks(ANIMATION) if c[0] == b"ANMF"]
    (still,) = webp_chunks(file(noise(24, 20, 3), "webp"))
    return webp(extended(24, 20), still, *frames)


def after_the_end():
    """Return a still image with an animation behind its end."""
    return file(noise(24, 20, 3), "webp") + flags_cleared()[12:]


def in_a_chunk():
    """Return a WebP file whose first chunk claims to contain the frames."""
    frames = flags_cleared()[30:]
    (still,) = webp_chunks(file(noise(24, 20, 3), "webp"))
    return webp(extended(24, 20), (b"ICCP", frames), still)


@pytest.mark.parametrize(
    "encoded",
    [
        ANIMATION,
        animated("webp", 24, 20, 4, lossless=True),
        animated("webp", 300, 200, 3),
        flags_cleared(),
        renamed(b"ANIM"),
        renamed(b"ANMF"),
        still_before_frames(),
        after_the_end(),
        in_a_chunk(),
        webp(extended(24, 20, flags=2)),
        webp(extended(24, 20, flags=0xFF)),
        animated("png", 24, 20, 3),
        animated("png", 24, 20, 3, default_image=True),
    ],
    ids=range(13),
)
def test_an_animation_is_not_decoded(decode, encoded):
    with pytest.raises(tf.errors.InvalidArgumentError, match=STILL):
        decode(encoded)


@pytest.mark.parametrize("kind", ["gif", "bmp", "tiff", "ico"])
def test_other_formats_are_not_decoded(decode, kind):
    with pytest.raises(tf.errors.InvalidArgumentError, match=KNOWN):
        decode(file(noise(20, 20, 3), kind))


def test_an_animated_gif_is_not_decoded(decode):
    with pytest.raises(tf.errors.InvalidArgumentError, match=KNOWN):
        decode(animated("gif", 24, 20, 3))


def late_header():
    """Return a PNG file whose sizes follow a chunk that resembles them."""
    rows = zlib.compress(bytes(301 * 300))
    return (
        PNG
        + png_chunk(b"abCd", png_header(5, 5)[8:])
        + png_header(300, 300)
        + png_chunk(b"IDAT", rows)
        + png_chunk(b"IEND", b"")
    )


def large_frame():
    """Return a WebP file that declares less than its image has."""
    (still,) = webp_chunks(file(noise(90, 90, 3), "webp"))
    return webp(extended(24, 20), still)


@pytest.mark.parametrize(
    "encoded, message",
    [
        (PNG + png_header(60_000, 60_000), LARGE),
        # The product of these sides is negative as an int64.
        (PNG + png_header(2**32 - 1, 2**32 - 1), LARGE),
        (PNG + png_header(2**31, 2**32 - 1), LARGE),
        (PNG + png_header(1, MOST + 1), LARGE),
        (webp(extended(2**24, 2**24)), LARGE),
        (webp((b"VP8L", b"\x2f" + b"\xff" * 30)), LARGE),
        (webp((b"VP8 ", b"\xff" * 30)), LARGE),
        (late_header(), KNOWN),
        (large_frame(), "WebP"),
        (webp((b"VP9 ", bytes(30))), KNOWN),
        (b"RIFF" + bytes(4) + b"WEBP", KNOWN),
    ],
    ids=range(11),
)
def test_a_header_that_lies_allocates_nothing(decode, encoded, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        decode(encoded)


def test_a_long_row_is_not_decoded():
    """Resizing it takes memory for 256 rows."""

    @tf.function(input_signature=[tf.TensorSpec((), tf.string)])
    def decode(encoded):
        return decoded(encoded, 3, 2**22)

    with pytest.raises(tf.errors.InvalidArgumentError, match="16384 on a side"):
        decode(file(np.zeros((1, 2**14 + 1), np.uint8), "png"))
    row = file(np.zeros((2**14, 1), np.uint8), "png")
    assert decode(row).shape == (2**14, 1, 3)
    assert longest_side(2**24) == 2**15


def test_a_jpeg_file_of_many_scans_is_not_decoded(decode):
    """A scan of 19 bytes takes as long as all pixels."""
    assert decode(jpeg_of_scans(64, scans=90)).shape == (64, 64, 3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="hundreds"):
        decode(jpeg_of_scans(64, scans=1000))


def with_payload(payload):
    """Return a still WebP file with this payload in a chunk."""
    (still,) = webp_chunks(file(noise(24, 20, 3), "webp"))
    return webp(extended(24, 20), still, (b"EXIF", payload))


@pytest.mark.parametrize(
    "encoded",
    [
        file(noise(24, 20, 3), "webp", exif=b"Exif\0\0II*\0", icc_profile=b"p"),
        file(noise(24, 20, 4), "webp"),
        with_payload(b"an ANIMATION, ANMF and acTL"),
        with_payload(b"ANIM\0\0\0\0"),
        file(noise(24, 20, 3), "png") + b"ANIM\6\0\0\0ANMF\x10\0\0\0",
        file(noise(24, 20, 3), "jpeg") + b"ANIM\6\0\0\0\0\0\0\x08acTL",
        # As many start-of-scan bytes as a video behind a photograph has.
        file(noise(24, 20, 3), "jpeg") + noise(2**23).tobytes(),
        file(noise(24, 20, 3), "jpeg", progressive=True),
    ],
    ids=range(8),
)
def test_an_honest_file_is_decoded(decode, encoded):
    assert decode(encoded).shape == (24, 20, 3)


def grey_alpha():
    return Image.fromarray(noise(24, 20, 4)).convert("LA")


IMAGES = {
    "1 bit": (Image.fromarray(noise(24, 20)).convert("1"), "png", {}),
    "palette": (Image.fromarray(noise(24, 20, 3)).convert("P"), "png", {}),
    "4 bit palette": (
        Image.fromarray(noise(24, 20, 3)).convert("P"),
        "png",
        {"bits": 4},
    ),
    "grey and alpha": (grey_alpha(), "png", {}),
    "grey and transparent": (
        Image.fromarray(noise(24, 20)),
        "png",
        {"transparency": 7},
    ),
    "RGB and transparent": (
        Image.fromarray(noise(24, 20, 3)),
        "png",
        {"transparency": (1, 2, 3)},
    ),
    "CMYK": (
        Image.fromarray(noise(24, 20, 3) // 4 + 96).convert("CMYK"),
        "jpeg",
        {"quality": 95},
    ),
    "progressive": (
        Image.fromarray(noise(24, 20, 3) // 4 + 96),
        "jpeg",
        {"progressive": True, "subsampling": 0},
    ),
}


@pytest.mark.parametrize("name", IMAGES)
def test_pixels_of_rare_kinds_are_those_of_pillow(decode, name):
    image, kind, options = IMAGES[name]
    encoded = file(image, kind, **options)
    expected = on_white(encoded)
    found = 255 * decode(encoded).numpy()
    if kind == "jpeg" or "alpha" in name:
        np.testing.assert_allclose(found, expected, atol=4)
    else:
        np.testing.assert_array_equal(np.rint(found), expected)


def test_16_bits_become_8(decode):
    pixels = np.random.default_rng(0).integers(0, 2**16, (24, 20), np.uint16)
    found = decode(file(pixels, "png")).numpy()[:, :, 1]
    np.testing.assert_allclose(255 * found, pixels / 257, atol=1)


def test_a_decoder_gets_nothing_even_without_assertions(monkeypatch):
    """An optimizer of graphs may remove assertions."""
    monkeypatch.setattr(tf, "Assert", lambda *arguments: tf.no_op())
    decode = tf.function(lambda encoded: decoded(encoded, 3, MOST))
    good = tf.constant(file(noise(24, 20, 3), "webp"))
    assert decode(good).shape == (24, 20, 3)
    # The decoder would accept this one.
    with pytest.raises(tf.errors.InvalidArgumentError, match="is empty"):
        decode(tf.constant(still_before_frames()))
