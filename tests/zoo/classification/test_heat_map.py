"""Colours of heat maps, and pictures with a title."""

import numpy as np
import pytest

from convzoo.zoo.classification.explained_picture import explained_picture
from convzoo.zoo.classification.heat_map import heat_map
from tests.support import photograph

GREY = np.full((60, 80, 3), 128, "uint8")


def signed(height=6, width=8):
    """Evidence for the class on the left, and against it on the right."""
    evidence = np.zeros((height, width))
    evidence[height // 2, 1], evidence[height // 2, -2] = 1, -1
    return evidence


def warmth(picture):
    """Red minus blue: above 0 for orange, below 0 for blue."""
    return picture[..., 0].astype(int) - picture[..., 2]


@pytest.mark.parametrize("value", [0, 128, 255])
def test_both_signs_are_seen_on_any_brightness(value):
    found = heat_map(np.full_like(GREY, value), signed())
    assert found.shape == GREY.shape and found.dtype == np.uint8
    assert warmth(found)[35, 15] > 100 and warmth(found)[35, 65] < -100
    # Where there is no evidence, the image is grey.
    assert np.ptp(found[5, 40]) == 0


def test_evidence_of_one_sign_has_one_colour():
    """An interpolation that overshoots would show the other one, too."""
    evidence = np.random.default_rng(0).random((5, 7)) ** 4
    assert warmth(heat_map(GREY, evidence)).min() >= 0
    assert warmth(heat_map(GREY, -evidence)).max() <= 0


@pytest.mark.parametrize("scale", [1e-300, 1e-3, 1e300])
def test_strength_is_relative(scale):
    expected = heat_map(GREY, signed())
    np.testing.assert_array_equal(heat_map(GREY, scale * signed()), expected)


def test_equal_evidence_is_one_colour():
    assert (
        len(np.unique(heat_map(GREY, np.ones((3, 4))).reshape(-1, 3), axis=0))
        == 1
    )


def test_no_evidence_leaves_a_grey_image():
    image = photograph(30, 40)
    found = heat_map(image, np.zeros((3, 4)))
    assert np.all(warmth(found) == 0)
    # The order of the brightness stays.
    luma = image @ [0.299, 0.587, 0.114]
    assert np.corrcoef(luma.ravel(), found[..., 0].ravel())[0, 1] > 0.999


def test_one_channel_is_a_grey_image():
    grey = photograph(30, 40)[..., :1]
    rgb = np.repeat(grey, 3, axis=2)
    found, expected = (heat_map(each, signed()) for each in (grey, rgb))
    np.testing.assert_allclose(found, expected, atol=1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (40, 3), (100, 200)])
def test_maps_of_any_size(shape):
    """Smaller than the image in one direction, or larger."""
    evidence = np.zeros(shape)
    evidence[:, : (shape[1] + 1) // 2] = 1
    found = warmth(heat_map(GREY, evidence))
    assert found[:, 0].min() > 100 and (shape[1] == 1 or found[0, -1] == 0)


@pytest.mark.parametrize(
    ("image", "evidence", "named"),
    [
        (GREY / 255, signed(), "`image`.*float64"),
        (GREY[..., 0], signed(), r"`image`.*\(60, 80\)"),
        (GREY[:0], signed(), r"`image`.*\(0, 80, 3\)"),
        (GREY, signed()[0], r"`evidence`.*\(8,\)"),
        (GREY, signed() > 0, "`evidence`.*bool"),
        (GREY, signed()[:0], r"`evidence`.*\(0, 8\)"),
        (GREY, signed() * np.nan, "`evidence`.*48 such values"),
    ],
)
def test_arguments_are_quoted(image, evidence, named):
    with pytest.raises(ValueError, match=named):
        heat_map(image, evidence)


@pytest.mark.parametrize(
    ("shape", "panel"),
    [
        ((20, 24), (267, 320)),
        ((500, 400), (500, 400)),
        ((30, 2048), (15, 1024)),
        ((1, 5000), (1, 1024)),
    ],
)
def test_a_picture_has_both_beside_each_other(shape, panel):
    image = np.full((*shape, 1), 255, "uint8")
    found = explained_picture(image, signed(), "photo.jpg: cup 97.0%")
    height, width = panel
    assert found.shape[0] > height and found.shape[1] == 2 * width + 36
    assert found.shape[1] < 2100
    # The image itself has no colour, its heat map has both.
    left, right = np.split(warmth(found[36 : 36 + height]), 2, axis=1)
    assert np.all(left == 0)
    assert right.max() > 100 and right.min() < -100


def test_a_long_title_is_shortened():
    """It stays on one line, and leaves the rest of the picture as it is."""
    image = photograph(40, 40)
    short, long = (
        explained_picture(image, signed(), text) for text in ("x", "x\n" * 999)
    )
    np.testing.assert_array_equal(short[36:], long[36:])
    assert np.all(long[:36, -12:] == 255)
