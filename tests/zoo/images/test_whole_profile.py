"""Damaged colour profiles: not kept, with a warning."""

import pytest
from PIL import Image, ImageCms

from convzoo.zoo.images.reading.read_image import read_image
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def with_profile(profile, path):
    Image.fromarray(photograph(9, 8)).save(path, icc_profile=profile)
    return read_image(path)


@pytest.mark.parametrize(
    "profile",
    [b"x", SRGB[:300], b"\0\0\0\1" + SRGB[4:], SRGB[:36] + b"x" * 552],
)
def test_a_damaged_profile_is_not_kept(profile, tmp_path):
    with pytest.warns(UserWarning, match="image.jpg: its colour profile"):
        found = with_profile(profile, tmp_path / "image.jpg")
    assert found.icc_profile is None
    write_image(tmp_path / "again.png", found)


def test_padding_is_cut_off(tmp_path):
    found = with_profile(SRGB + bytes(3), tmp_path / "image.jpg")
    assert found.icc_profile == SRGB
    write_image(tmp_path / "again.png", found)
