"""Any scale, against the network's own output, which Pillow reduces."""

import numpy as np
import pytest

from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.super_resolution.upscale_scaled import upscale_scaled
from tests.support import photograph, tiny_generator

pytestmark = pytest.mark.usefixtures("uncompiled")


@pytest.fixture(scope="module")
def model():
    return tiny_generator()


def expected(model, image, scale, passes):
    """Enlarged in float32 `passes` times, and reduced in one piece."""
    large = image.astype(np.float32) / np.iinfo(image.dtype).max
    for _ in range(passes):
        large = model.upscale(large)
    height, width = (round(scale * side) for side in image.shape[:2])
    return np.clip(resize_bicubic(large, height, width), 0, 1)


@pytest.mark.parametrize(
    "scale, passes, channels, dtype, tile",
    [
        (1.5, 1, 3, "uint8", None),
        (1.5, 1, 3, "uint8", 5),
        (3, 2, 4, "uint16", 7),
        (2.9, 2, 2, "uint8", None),
        (7.3, 3, 1, "uint8", 16),
    ],
)
def test_a_scale_is_the_network_and_a_reduction(
    scale, passes, channels, dtype, tile, model
):
    image = photograph(23, 17, channels).astype(dtype)
    image *= np.iinfo(dtype).max // 255
    found = model.upscale(image, tile, scale=scale)
    assert found.dtype == dtype
    exact = expected(model, image, scale, passes) * np.iinfo(dtype).max
    # Half a step of rounding, and float32.
    assert np.abs(found - exact).max() <= 0.5 + 3e-6 * np.iinfo(dtype).max


def test_the_scale_of_the_network_adds_nothing(model):
    image = photograph(9, 12)
    for tile in (None, 4):
        found = model.upscale(image, tile, scale=2.0)
        np.testing.assert_array_equal(found, model.upscale(image, tile))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_scale_of_1_is_the_image(dtype, model):
    image = photograph(130, 12).astype(dtype)
    if dtype == "float32":
        image /= 255
    for pixels in (image, image[:, :, 0]):
        found = model.upscale(pixels, scale=1)
        np.testing.assert_array_equal(found, pixels)
        assert found.dtype == dtype


def test_the_tiles_of_all_passes_are_counted(model):
    calls = []
    upscale_scaled(
        model, photograph(6, 9), 3, 5, lambda *count: calls.append(count)
    )
    # 2 * 2 tiles of 6x9 pixels, then 3 * 4 of 12x18.
    assert calls == [(done, 16) for done in range(1, 17)]


@pytest.mark.parametrize("scale", [0.9, 8.5, float("nan"), "2"])
def test_bad_scales_are_quoted(scale, model):
    with pytest.raises(ValueError, match="`scale` must be"):
        model.upscale(photograph(4, 4), scale=scale)


def test_tiles_are_chosen_where_the_memory_is_short(model, monkeypatch):
    image = photograph(300, 40)

    class Memory:
        available = model.bytes_per_pixel * 200 * 40

    whole = model.upscale(image, scale=1.7)
    monkeypatch.setattr("psutil.virtual_memory", Memory)
    with pytest.warns(UserWarning, match="40x300 pixels .* in tiles of 128"):
        found = model.upscale(image, scale=1.7)
    assert np.abs(found.astype(int) - whole).max() <= 1
