"""Colour profiles: an sRGB profile whose red and green are exchanged."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.reading.in_srgb import in_srgb
from tests.support import photograph

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exchanged():
    """Exchange the places of the red and the green primary."""
    profile = bytearray(SRGB)
    count = struct.unpack_from(">I", profile, 128)[0]
    entries = range(132, 132 + 12 * count, 12)
    places = {bytes(profile[at : at + 4]): at + 4 for at in entries}
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    both = profile[red : red + 8], profile[green : green + 8]
    profile[green : green + 8], profile[red : red + 8] = both
    return bytes(profile)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_the_profile_is_applied(channels, dtype):
    pixels = photograph(20, 24, channels).astype(dtype)
    if dtype == "uint16":
        pixels = pixels * 257
    found = in_srgb(ImageFile(pixels, exchanged()))
    expected = pixels[..., [1, 0, 2, 3][:channels]].astype(int)
    assert found.dtype == dtype and found.shape == pixels.shape
    error = np.abs(found - expected).max()
    assert error <= (0 if dtype == "uint8" else 130)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("profile", [None, SRGB, b"damaged", SRGB[:999]])
def test_other_images_keep_their_pixels(channels, profile):
    pixels = photograph(9, 8, channels)
    found = in_srgb(ImageFile(pixels, profile))
    np.testing.assert_array_equal(found, pixels)


def test_pillow_agrees():
    pixels = photograph(9, 8)
    to = ImageCms.createProfile("sRGB")
    source = ImageCms.getOpenProfile(io.BytesIO(exchanged()))
    expected = ImageCms.profileToProfile(Image.fromarray(pixels), source, to)
    found = in_srgb(ImageFile(pixels, exchanged()))
    assert np.abs(found.astype(int) - np.asarray(expected)).max() <= 1
