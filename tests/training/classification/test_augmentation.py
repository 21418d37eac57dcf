import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convzoo.training import Augmentation
from tests.support import photograph

NOTHING = {"rotation": 0.0, "zoom": 0.0, "shift": 0.0, "color": 0.0}


class Draws:
    """Random generator with fixed uniform draws."""

    def __init__(self, **values):
        names = "turn zoom_y zoom_x shift_y shift_x"
        names += " brightness contrast saturation red green blue"
        self.draws = [values.get(name, 0.0) for name in names.split()]

    def uniform(self, low, high, size):
        assert (low, high, size) == (-1, 1, 11)
        return np.array(self.draws)

    def random(self):
        return 0.0


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 99))
def test_the_size_stays(height, width, seed):
    image = photograph(height, width)
    augmented = Augmentation(flip=True)(image, np.random.default_rng(seed))
    assert augmented.shape == image.shape and augmented.dtype == np.uint8


def test_without_changes_nothing_changes():
    image = photograph(17, 23)
    found = Augmentation(**NOTHING)(image, np.random.default_rng(0))
    np.testing.assert_array_equal(found, image)


def test_the_same_draws_give_the_same_image():
    image = photograph(17, 23)
    first, second, third = (
        Augmentation()(image, np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, third)


@pytest.mark.parametrize("turns", [1, 2, -1])
def test_quarters_of_a_turn(turns):
    image = photograph(16, 16)
    augmentation = Augmentation(**{**NOTHING, "rotation": 90.0 * abs(turns)})
    found = augmentation(image, Draws(turn=np.sign(turns)))
    # The sine and the cosine have rounding errors.
    expected = np.rot90(image, turns).astype(int)
    np.testing.assert_allclose(found, expected, atol=1)


def test_a_shift_repeats_the_border():
    image = photograph(10, 20)
    augmentation = Augmentation(**{**NOTHING, "shift": 0.2})
    found = augmentation(image, Draws(shift_x=1.0, shift_y=-1.0))
    np.testing.assert_array_equal(found[2:, :16], image[:8, 4:])
    np.testing.assert_array_equal(found[2:, 16:], image[:8, -1:].repeat(4, 1))
    np.testing.assert_array_equal(found[:2, :16], image[:1, 4:].repeat(2, 0))


def test_a_zoom_keeps_the_middle():
    image = np.zeros((21, 21, 3), "uint8")
    image[8:13, 8:13] = 200
    augmentation = Augmentation(**{**NOTHING, "zoom": 0.99})
    # The square has sides of 5 pixels; its size changes by a factor of 1.99.
    small = augmentation(image, Draws(zoom_x=1.0, zoom_y=1.0))
    large = augmentation(image, Draws(zoom_x=-1.0, zoom_y=-1.0))
    for found, side in ((small, 5 / 1.99), (large, 5 * 1.99)):
        row = found[10, :, 0] / 200
        np.testing.assert_allclose(row.sum(), side, atol=0.6)
        np.testing.assert_array_equal(row, row[::-1])


def test_a_mirror_image():
    image = photograph(7, 9)
    augmentation = Augmentation(**NOTHING, flip=True)
    np.testing.assert_array_equal(augmentation(image, Draws()), image[:, ::-1])


def test_brightness_contrast_and_saturation():
    image = photograph(9, 9) // 2 + 30
    grey = image @ np.array([0.299, 0.587, 0.114])
    augmentation = Augmentation(**{**NOTHING, "color": 0.5})
    brighter = augmentation(image, Draws(brightness=0.5))
    np.testing.assert_allclose(brighter, image + 0.25 * grey.mean(), atol=0.51)
    flatter = augmentation(image, Draws(contrast=-1.0))
    np.testing.assert_allclose(
        flatter, 0.5 * image + 0.5 * grey.mean(), atol=0.51
    )
    paler = augmentation(image, Draws(saturation=-1.0))
    expected = 0.5 * image + 0.5 * np.expand_dims(grey, -1)
    np.testing.assert_allclose(paler, expected, atol=0.51)


def test_a_tint_is_a_gain_of_each_channel():
    image = photograph(9, 9) // 2
    augmentation = Augmentation(**NOTHING, tint=0.5)
    found = augmentation(image, Draws(red=1.0, blue=-0.5))
    expected = image * np.array([1.5, 1, 0.75])
    np.testing.assert_allclose(found, expected, atol=0.51)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rotation", -1),
        ("rotation", 200),
        ("zoom", 1),
        ("shift", "0.1"),
        ("color", float("nan")),
        ("tint", 1),
        ("flip", 1),
    ],
)
def test_arguments_are_checked_by_name(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*Received"):
        Augmentation(**{name: value})
