import numpy as np
import pytest

from convzoo.training.drawings import drawings

PICTURES = list(drawings(12, 96, 128))


def test_pictures_are_images_of_the_size():
    assert len(PICTURES) == 12
    for picture in PICTURES:
        assert picture.shape == (96, 128, 3) and picture.dtype == np.uint8


def test_the_same_whenever_asked_for_and_none_twice():
    for first, second in zip(PICTURES, drawings(5, 96, 128), strict=False):
        np.testing.assert_array_equal(first, second)
    others = [*PICTURES, *drawings(3, 96, 128, seed=1)]
    assert len({picture.tobytes() for picture in others}) == 15


def test_edges_are_sharper_than_those_of_photographs():
    """From one pixel to the next, all of black to white."""
    steps = [np.abs(np.diff(p.astype(int), axis=1)).max() for p in PICTURES]
    assert np.median(steps) > 200


def test_edges_fall_between_pixels():
    """Colours between those of the plain ones come from there."""
    for picture in PICTURES:
        colors = np.unique(picture.reshape(-1, 3), axis=0)
        assert len(colors) > 100


def test_no_picture_is_almost_empty():
    for picture in PICTURES:
        row_steps = np.abs(np.diff(picture.astype(int), axis=1)).max(axis=-1)
        assert (row_steps > 8).mean() > 0.01


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (7, 5)])
def test_any_size(size):
    (picture,) = drawings(1, *size)
    assert picture.shape == (*size, 3)


def test_none():
    assert list(drawings(0, 8, 8)) == []


@pytest.mark.parametrize("size", [(0, 8), (8, 1.5)])
def test_a_size_that_is_none_is_named(size):
    with pytest.raises(ValueError, match="must be a positive integer"):
        next(drawings(1, *size))
