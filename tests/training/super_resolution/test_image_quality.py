import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convzoo.training.super_resolution.image_quality import (
    luma,
    psnr,
    shave,
    ssim,
)
from tests.support import photograph

metrics = pytest.importorskip("skimage.metrics")


def pair(seed, height=24, width=31):
    first = photograph(height, width, 1, seed)[..., 0].astype(float)
    second = photograph(height, width, 1, seed + 1)[..., 0].astype(float)
    return first, second


def reference_ssim(x, y):
    return metrics.structural_similarity(
        x,
        y,
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_psnr_equals_scikit_image(seed):
    x, y = pair(seed)
    expected = metrics.peak_signal_noise_ratio(x, y, data_range=255)
    assert psnr(x, y) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_ssim_equals_scikit_image(seed):
    x, y = pair(seed)
    assert ssim(x, y) == pytest.approx(reference_ssim(x, y), rel=1e-9)


def test_many_rows_equal_scikit_image():
    """The image has more rows than are computed at once."""
    x, y = pair(3, height=300)
    assert psnr(x, y) == pytest.approx(
        metrics.peak_signal_noise_ratio(x, y, data_range=255), rel=1e-12
    )
    assert ssim(x, y) == pytest.approx(reference_ssim(x, y), rel=1e-9)
    rgb = photograph(300, 20)
    weights = np.array([65.481, 128.553, 24.966]) / 255
    np.testing.assert_allclose(luma(rgb), rgb @ weights + 16, rtol=1e-12)


def test_psnr_by_hand():
    # A difference of 5 everywhere: 10 * log10(255**2 / 25) = 34.1514 dB.
    image = np.full((4, 4), 100)
    assert psnr(image, image + 5) == pytest.approx(34.1514, abs=1e-4)


def test_equal_images_are_perfect():
    image = photograph(16, 16, 1)[..., 0]
    assert psnr(image, image) == float("inf")
    assert ssim(image, image) == pytest.approx(1)


def test_uint8_does_not_wrap_around():
    dark, light = np.zeros((12, 12), "uint8"), np.full((12, 12), 255, "uint8")
    assert psnr(dark, light) == 0
    assert ssim(dark, light) < 1e-3


def test_luma_of_the_primaries():
    # MATLAB's rgb2ycbcr: black 16, white 235, red 81.48, green 144.55.
    colours = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0]]])
    expected = [[16, 235, 81.481, 144.553]]
    np.testing.assert_allclose(luma(colours), expected, atol=1e-3)


def test_grey_is_its_own_luma():
    grey = photograph(5, 6, 1)
    np.testing.assert_array_equal(luma(grey), grey[..., 0])


def test_shave_cuts_every_side():
    image = np.arange(42).reshape(6, 7)
    np.testing.assert_array_equal(shave(image, 2), [[16, 17, 18], [23, 24, 25]])
    np.testing.assert_array_equal(shave(image, 0), image)
