"""Decoded images, compared with Pillow as an independent decoder."""

import io
import struct

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from convzoo.export.image_bytes import decoded, encoded_png
from tests.export.image_kinds import file, noise, on_white

MOST = 5000


@pytest.fixture(scope="module", params=[1, 3])
def decode(request):
    """Decoding graph of a SavedModel, for one number of channels."""

    @tf.function(input_signature=[tf.TensorSpec((), tf.string)])
    def function(encoded):
        return decoded(encoded, request.param, MOST)

    function.mode = {1: "L", 3: "RGB"}[request.param]
    return function


@pytest.mark.parametrize("shape", [(40, 50, 3), (13, 17), (41, 7, 4), (1, 1)])
@pytest.mark.parametrize("kind", ["png", "webp", "lossless webp", "jpeg"])
def test_pixels_are_those_of_pillow(decode, kind, shape):
    if kind == "jpeg" and shape[-1] == 4:
        shape = shape[:2]
    options = {"lossless": True} if "lossless" in kind else {}
    # Noise near mid-grey: other JPEG values may lie outside of RGB.
    encoded = file(noise(*shape) // 4 + 96, kind.split()[-1], **options)
    expected = on_white(encoded).convert(decode.mode)
    found = decode(encoded).numpy()
    expected = np.reshape(expected, found.shape) / 255
    # Greyscale conversions may differ by one level.
    levels = 0 if kind == "jpeg" and decode.mode == "RGB" else 1
    np.testing.assert_allclose(found, expected, atol=levels / 255 + 1e-6)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("kind", ["png", "webp"])
def test_colours_under_transparent_pixels_have_no_effect(decode, kind, mode):
    options = {"lossless": True, "exact": True} if kind == "webp" else {}
    seen = noise(12, 16, 4)
    seen[:, :8, 3], seen[:, 8:, 3] = 0, 255
    hidden = seen.copy()
    hidden[:, :8, :3] = 255 - hidden[:, :8, :3]
    one, other = (
        decode(file(Image.fromarray(each).convert(mode), kind, **options))
        for each in (seen, hidden)
    )
    np.testing.assert_array_equal(one[:, :8], 1)
    if mode != "P":
        np.testing.assert_array_equal(one, other)


def bomb():
    """Return a small PNG file whose header declares a large image."""
    encoded = bytearray(file(noise(1, 1, 3), "png"))
    encoded[16:24] = struct.pack(">II", 50_000, 50_000)
    return bytes(encoded)


@pytest.mark.parametrize(
    "encoded",
    [
        bomb(),
        file(noise(80, 80, 3), "png"),
        file(noise(80, 80, 3), "jpeg"),
        file(noise(80, 80, 3), "webp"),
        file(noise(80, 80, 3), "webp", lossless=True),
        file(noise(80, 80, 4), "webp"),
    ],
)
def test_a_large_image_is_not_decoded(decode, encoded):
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match=rf"at most {MOST} pixels, .*It has (80 x 80|50000 x 50000)",
    ):
        decode(encoded)


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"junk",
        b"RIFF",
        file(noise(20, 20, 3), "gif"),
        file(noise(20, 20, 3), "bmp"),
        # A GIF file with the signature of WebP at its usual offset.
        b"GIF89a\x01\x00WEBPVP8X" + bytes(30),
    ],
)
def test_other_files_are_named(decode, encoded):
    with pytest.raises(tf.errors.InvalidArgumentError, match="JPEG, PNG or We"):
        decode(encoded)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("length", [29, 60, 200])
def test_a_file_that_is_cut_is_an_error(decode, kind, length):
    encoded = file(noise(20, 20, 3), kind)[:length]
    with pytest.raises(tf.errors.InvalidArgumentError):
        decode(encoded)


def test_png_holds_the_nearest_of_256_values():
    image = np.array([[[-1.0], [0.0], [0.5], [0.999], [2.0]]], "float32")
    found = np.asarray(Image.open(io.BytesIO(encoded_png(image).numpy())))
    np.testing.assert_array_equal(found, [[0, 0, 128, 255, 255]])
