"""Hidden colours of transparent pixels, against loops and whole images."""

import numpy as np
import pytest

from convzoo.zoo import SRGenerator
from convzoo.zoo.super_resolution.visible_colours import REACH, visible_colours
from tests.support import photograph, tiny_generator

# What the types hold at an alpha of 1.
LARGEST = {"uint8": 255, "uint16": 65535, "float32": 1.0}


def by_loops(colour, alpha):
    """The definition of `visible_colours`, a pixel at a time."""
    height, width = alpha.shape[:2]

    def around(y, x, radius):
        return [
            (i, j)
            for i in range(max(y - radius, 0), min(y + radius + 1, height))
            for j in range(max(x - radius, 0), min(x + radius + 1, width))
        ]

    pixels = [(y, x) for y in range(height) for x in range(width)]
    found = {
        (y, x): colour[y, x].astype(float)
        for y, x in pixels
        if alpha[y, x, 0] > 0
        and alpha[y, x, 0] >= max(alpha[p][0] for p in around(y, x, 7)) / 16
    }
    for _ in range(8):
        known = dict(found)
        for y, x in pixels:
            beside = [known[p] for p in around(y, x, 1) if p in known]
            if (y, x) not in known and beside:
                found[y, x] = np.mean(beside, axis=0)
    result = np.zeros_like(colour)
    for place, value in found.items():
        result[place] = value
    return result


@pytest.mark.parametrize("channels", [1, 3])
def test_colours_spread_from_visible_pixels(channels):
    random = np.random.default_rng(channels)
    colour = random.random((14, 24, channels), "float32")
    alpha = np.zeros((14, 24, 1), "float32")
    alpha[3:6, 2:5] = random.random((3, 3, 1))
    alpha[9, 9], alpha[12, 20] = 0.01, 1 / 255
    np.testing.assert_allclose(
        visible_colours(colour, alpha), by_loops(colour, alpha), atol=1e-6
    )


def test_nothing_visible_is_black_and_nothing_hidden_is_kept():
    colour = np.full((5, 6, 3), 0.7, "float32")
    assert not visible_colours(colour, np.zeros((5, 6, 1), "float32")).any()
    for value in (1.0, 0.02):
        alpha = np.full((5, 6, 1), value, "float32")
        assert visible_colours(colour, alpha) is colour


def test_the_reach_bounds_what_a_pixel_depends_on():
    random = np.random.default_rng(0)
    colour = random.random((40, 40, 3), "float32")
    alpha = random.random((40, 40, 1), "float32") ** 8
    whole = visible_colours(colour, alpha)
    part = visible_colours(colour[4:, 5:], alpha[4:, 5:])
    np.testing.assert_array_equal(
        whole[4 + REACH :, 5 + REACH :], part[REACH:, REACH:]
    )


def with_hidden(hidden, dtype, channels, faint=0):
    """A disc with a soft edge, a ring of alpha `faint`, and nothing around."""
    y, x = np.mgrid[:26, :31]
    distance = np.hypot(y - 12, x - 14)
    alpha = np.clip(9 - distance, 0, 1)
    visible = alpha > 0.01
    alpha[~visible & (distance < 13)] = faint / 255
    pixels = np.empty((26, 31, channels))
    pixels[..., :-1] = photograph(26, 31, channels - 1) / 255
    pixels[~visible, :-1] = hidden
    pixels[..., -1] = alpha
    return (pixels * LARGEST[dtype]).astype(dtype)


@pytest.mark.parametrize("tile", [None, 7])
@pytest.mark.parametrize("channels", [2, 4])
@pytest.mark.parametrize("dtype", LARGEST)
def test_hidden_colours_have_no_effect(dtype, channels, tile):
    model = tiny_generator()
    for faint in (0, 1):
        images = [
            model.upscale(with_hidden(hidden, dtype, channels, faint), tile)
            for hidden in (0, 1)
        ]
        np.testing.assert_array_equal(*images)


@pytest.mark.parametrize("channels", [2, 4])
def test_tiles_with_alpha_equal_the_whole(channels):
    model = tiny_generator()
    image = with_hidden(1, "float32", channels, 1)
    np.testing.assert_allclose(
        model.upscale(image, 5), model.upscale(image), atol=1e-5
    )


@pytest.mark.parametrize("dtype", LARGEST)
@pytest.mark.parametrize("channels", [2, 4])
@pytest.mark.parametrize("alpha", [1.0, 0.02])
def test_an_image_without_hidden_pixels_is_the_image_without_alpha(
    alpha, channels, dtype
):
    model = tiny_generator()
    image = with_hidden(0.5, dtype, channels)
    image[..., -1] = alpha * LARGEST[dtype]
    np.testing.assert_array_equal(
        model.upscale(image)[..., :-1], model.upscale(image[..., :-1])
    )


@pytest.mark.parametrize("hidden", [0, 255])
def test_an_edge_keeps_its_colour(hidden):
    y, x = np.mgrid[:48, :48]
    disc = np.hypot(y - 24, x - 24) < 15
    image = np.full((48, 48, 4), hidden, "uint8")
    image[..., 3] = 0
    image[disc] = (220, 60, 40, 255)
    found = SRGenerator.from_preset("sr_x4_tiny").upscale(image).astype(int)
    edge = (found[..., 3] > 0) & (found[..., 3] < 255)
    assert edge.sum() > 500
    # The network alone is wrong by 220, and with multiplied colours too.
    assert np.abs(found[edge, :3] - (220, 60, 40)).max() <= 2
