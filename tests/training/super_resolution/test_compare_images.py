"""Figures of two images, against scikit-image and the losses."""

import doctest
import importlib

import numpy as np
import pytest

from convzoo.losses import FSIM, MultiScaleSSIM
from convzoo.training import compare_images
from convzoo.training.super_resolution import comparison_memory
from convzoo.training.super_resolution.evaluate_sr import mean
from tests.support import photograph

pytestmark = pytest.mark.usefixtures("uncompiled")


def noisy(image, seed=1):
    noise = np.random.default_rng(seed).normal(scale=9, size=image.shape)
    return np.clip(np.rint(image + noise), 0, 255).astype("uint8")


def test_figures_equal_references():
    metrics = pytest.importorskip("skimage.metrics")
    a = photograph(40, 37)
    b = noisy(a)
    found = compare_images(a, b, border=3)
    x, y = (pixels[3:-3, 3:-3].astype(float) for pixels in (a, b))
    weights = np.array([65.481, 128.553, 24.966]) / 255
    settings = {
        "data_range": 255,
        "gaussian_weights": True,
        "sigma": 1.5,
        "use_sample_covariance": False,
    }
    expected = {
        "psnr_rgb": metrics.peak_signal_noise_ratio(x, y, data_range=255),
        "psnr_y": metrics.peak_signal_noise_ratio(
            x @ weights, y @ weights, data_range=255
        ),
        "ssim_rgb": metrics.structural_similarity(
            x, y, channel_axis=-1, **settings
        ),
        "ssim_y": metrics.structural_similarity(
            x @ weights + 16, y @ weights + 16, **settings
        ),
        "ms_ssim": 1 - float(MultiScaleSSIM()(x[None] / 255, y[None] / 255)),
        "fsim": 1 - float(FSIM()(x[None] / 255, y[None] / 255)),
    }
    assert found.figures() == pytest.approx(expected, abs=1e-5)
    assert found == compare_images(b, a, border=3)


def test_grey_alpha_and_depth():
    grey = photograph(24, 20, 1)
    other = noisy(grey)
    found = compare_images(grey, other)
    # Y of grey images is the grey, as for the networks.
    assert found.psnr_y == found.psnr_rgb
    as_rgb = compare_images(np.repeat(grey, 3, -1), other)
    assert as_rgb.psnr_rgb == pytest.approx(found.psnr_rgb)
    # Y has 219 steps of 255.
    steps = 20 * np.log10(255 / 219)
    assert as_rgb.psnr_y == pytest.approx(found.psnr_y + steps)
    # 16 bits; and half black at half opacity, which is 128 on white.
    assert compare_images(grey.astype("uint16") * 257, other) == found
    alpha = np.concatenate([0 * grey, np.full_like(grey, 127)], -1)
    white = compare_images(alpha, np.full_like(grey, 128))
    assert white.psnr_rgb == np.inf and white.fsim == pytest.approx(1)


def test_a_judge_gets_rgb_in_the_unit_range():
    a = photograph(24, 20, 1)

    def judge(x, y):
        assert x.dtype == y.dtype == np.float32
        assert x.shape == y.shape == (1, 22, 18, 3)
        return np.abs(x - y).mean()

    found = compare_images(a, noisy(a), border=1, judge=judge)
    difference = np.abs(a.astype(float) - noisy(a))[1:-1, 1:-1]
    assert found.perceptual == pytest.approx(difference.mean() / 255, rel=1e-5)


def test_the_mean_has_all_figures():
    a = photograph(20, 20)
    found = [compare_images(a, noisy(a, seed)) for seed in (1, 2)]
    for name, value in mean(found).figures().items():
        values = [getattr(each, name) for each in found]
        assert value == pytest.approx(np.mean(values))
    assert len(mean(found).figures()) == 6
    assert mean([found[0], compare_images(a, a)]).psnr_y == np.inf


@pytest.mark.parametrize(
    ("shape", "keywords", "message"),
    [
        ((12, 14, 3), {}, "same size.*13x12 and 14x12 pixels"),
        ((12, 13, 5), {}, r"`b` must have the shape.*\(12, 13, 5\)"),
        ((12, 13), {}, r"`b` must have the shape.*\(12, 13\)"),
        ((12, 13, 3), {"border": 1}, "at least 13 pixels.*`border`.*13x12"),
        ((12, 13, 3), {"border": -1}, "`border`.*border=-1"),
    ],
)
def test_what_cannot_be_compared_is_told(shape, keywords, message):
    a, b = np.zeros((12, 13, 3), "uint8"), np.zeros(shape, "uint8")
    with pytest.raises(ValueError, match=message):
        compare_images(a, b, **keywords)


def test_floats_are_refused():
    image = np.zeros((12, 12, 3))
    with pytest.raises(ValueError, match="8 or 16 bits.*float64"):
        compare_images(image, image)


def test_missing_memory_is_told(monkeypatch):
    monkeypatch.setattr(comparison_memory, "_METRICS", 10**12)
    image = photograph(20, 30)
    with pytest.raises(ValueError, match="comparing 30x20 pixels needs about"):
        compare_images(image, image)


def test_the_example_runs():
    module = importlib.import_module(compare_images.__module__)
    assert doctest.testmod(module).failed == 0
