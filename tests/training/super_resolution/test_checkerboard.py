import numpy as np
import pytest

from convzoo.training.super_resolution.checkerboard import checkerboard
from convzoo.zoo.images.listing.list_images import list_images
from convzoo.zoo.images.reading.read_photograph import read_photograph
from tests.support import photograph, shared_data


@pytest.mark.parametrize("scale", [2, 3, 4, 8])
def test_noise_has_no_grid(scale):
    noise = np.random.default_rng(0).normal(128, 20, (512, 512, 1))
    assert checkerboard(noise, scale) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("scale", [2, 3, 4, 8])
def test_a_grid_that_nobody_sees_is_found(scale):
    noise = np.random.default_rng(0).normal(128, 4, (512, 512, 3))
    grid = np.zeros((512, 512, 1))
    grid[::scale, ::scale] = 2 * scale
    assert checkerboard(noise + grid, scale) > 3 * checkerboard(noise, scale)


@pytest.mark.parametrize("axis", [0, 1])
def test_lines_of_one_direction_are_enough(axis):
    noise = np.random.default_rng(0).normal(128, 4, (256, 256, 1))
    lines = np.zeros((256, 256, 1))
    lines[(slice(None),) * axis + (slice(None, None, 4),)] = 3
    assert checkerboard(noise + lines, 4) > 3


def test_a_grid_of_another_size_is_not_taken_for_this_one():
    noise = np.random.default_rng(0).normal(128, 4, (320, 320, 1))
    grid = np.zeros((320, 320, 1))
    grid[::5, ::5] = 6
    assert checkerboard(noise + grid, 4) < 1.5 < checkerboard(noise + grid, 5)


def test_brightness_and_contrast_do_not_matter():
    image = photograph(96, 128).astype(float)
    expected = checkerboard(image, 4)
    assert checkerboard(image / 2 + 40, 4) == pytest.approx(expected)


def test_an_image_without_a_window_has_no_number():
    assert np.isnan(checkerboard(photograph(31, 200), 4))
    assert np.isfinite(checkerboard(photograph(32, 200), 4))


def test_real_photographs_are_near_one_with_a_faint_grid_they_are_not():
    for path in list_images(shared_data("sr") / "train")[::80]:
        image = read_photograph(path).astype(float)
        gridded = image.copy()
        gridded[::4, ::4] += 12
        found = checkerboard(image, 4)
        assert found < 1.5 and checkerboard(gridded, 4) > 1.3 * found
