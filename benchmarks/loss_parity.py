"""Errors of the losses against the packages whose values they reproduce.

    python -m benchmarks.loss_parity

Prints, for each reference in `tests/fixtures`, the largest error of a value in
float32, and in float64 where that was computed, and the largest error of a
gradient in float32 relative to its largest component, over the pixels where the
reference is finite. The tests bound all of them.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from convzoo.losses import (
    FSIM,
    LPIPS,
    SSIM,
    DiscriminatorLoss,
    FeatureExtractor,
    GeneratorLoss,
    MultiScaleSSIM,
    Perceptual,
    Style,
    contextual,
)
from tests.fixtures.feature_cases import (
    FEATURE_SIZE,
    LPIPS_SIZES,
    STYLE_LAYERS,
    photograph_pair,
    thinned,
)
from tests.fixtures.image_pairs import image_pairs
from tests.losses.adversarial_cases import (
    KINDS,
    RELATIVE_KINDS,
    SHAPES,
    golden,
)
from tests.losses.test_contextual import looped, maps
from tests.support import FIXTURES

_PAIRS = image_pairs()
_FEATURES = dict(np.load(FIXTURES / "features.npz"))
_SIMILARITY = dict(np.load(FIXTURES / "similarity.npz"))


def main():
    _print("loss", "reference", "value", "float64", "gradient")
    grey = FSIM(chromatic=False)
    for name, loss, index in (
        ("SSIM", SSIM(), "ssim"),
        ("MultiScaleSSIM", MultiScaleSSIM(), "multi_scale_ssim"),
        ("FSIM", grey, "fsim"),
        ("FSIMc", FSIM(), "fsim_chromatic"),
    ):
        _similarity(name, "piq", loss, index)
    _similarity("SSIM", "scikit-image", SSIM(), "ssim_of_skimage")
    scales = MultiScaleSSIM()
    _similarity(
        "MultiScaleSSIM", "TensorFlow", scales, "multi_scale_ssim_of_tf"
    )
    for net, sizes in LPIPS_SIZES.items():
        loss = LPIPS(net, weights=None)
        cases = [(f"{net}/{h}x{w}", (h, w)) for h, w in sizes]
        _features(f"LPIPS({net})", "lpips", loss, cases)
    for name, loss in (
        ("srgan", Perceptual.srgan(weights=None)),
        ("esrgan", Perceptual.esrgan(weights=None)),
        ("real_esrgan", Perceptual.real_esrgan(weights=None)),
        ("style_l1", Style(_style_features(), "l1")),
        ("style_l2", Style(_style_features(), "l2")),
    ):
        _features(name, "torchvision", loss, [(name, FEATURE_SIZE)])
    _contextual()
    _adversarial()


def _style_features():
    return FeatureExtractor("vgg19", STYLE_LAYERS, weights=None)


def _similarity(name, peer, loss, index):
    errors = {"float32": [], "float64": [], "gradient": []}
    for pair in _known_pairs(index):
        for dtype in ("float32", "float64"):
            wide = type(loss).from_config({**loss.get_config(), "dtype": dtype})
            images = [(y / 255)[None].astype(dtype) for y in _PAIRS[pair]]
            value, gradient = _valued(wide, *images)
            expected = _SIMILARITY[f"{pair}/{index}"]
            errors[dtype].append(abs(1 - value - expected))
            key = f"{pair}/{index}_gradient"
            if key in _SIMILARITY and dtype == _gradient_dtype(pair, index):
                found = -gradient[0, ::7, ::5]
                errors["gradient"].append(_share(found, _SIMILARITY[key]))
    _print(name, peer, *(_largest(values) for values in errors.values()))


def _known_pairs(index):
    """Yield pairs with a defined reference; see the tests of each loss."""
    for pair in _PAIRS:
        sides = _PAIRS[pair][0].shape[:2]
        if f"{pair}/{index}" not in _SIMILARITY:
            continue
        # Packages halve odd sides differently; ours follows TensorFlow.
        is_odd = any(side % 16 for side in sides)
        if index.startswith("multi") and is_odd != index.endswith("_of_tf"):
            continue
        if index.startswith("fsim") and pair == "flat":
            continue
        yield pair


def _gradient_dtype(pair, index):
    """Return float64 where rounding dominates a gradient in float32."""
    beside_saddles = index.startswith("fsim") and pair == "odd"
    return "float64" if beside_saddles else "float32"


def _contextual():
    values = []
    for seed in range(5):
        for distance in ("cosine", "l2"):
            pair = maps(seed)
            found = contextual(*pair, distance=distance).numpy()
            for index, value in enumerate(found):
                one = (y[index] for y in pair)
                expected = looped(*one, distance=distance)
                values.append(abs(value / expected - 1))
    _print("Contextual", "NumPy loops", f"{max(values):.1e} rel.", "-", "-")


def _features(name, peer, loss, cases):
    values, gradients = [], []
    for key, sides in cases:
        images = [
            image[None].astype("float32") / 255
            for image in photograph_pair(*sides)
        ]
        value, gradient = _valued(loss, *images)
        values.append(abs(value / _FEATURES[key] - 1))
        error = np.abs(thinned(gradient[0]) - _FEATURES[f"{key}/gradient"])
        gradients.append(error.max() / _FEATURES[f"{key}/largest"])
    _print(name, peer, f"{max(values):.1e} rel.", "-", _largest(gradients))


def _adversarial():
    values, gradients = [], []
    for shape in SHAPES:
        for kind in KINDS:
            for relativistic in (False, True)[: 1 + (kind in RELATIVE_KINDS)]:
                for side, cls in (
                    ("generator", GeneratorLoss),
                    ("discriminator", DiscriminatorLoss),
                ):
                    case = f"{'relative_' * relativistic}{side}/{kind}"
                    pair, value, expected = golden(shape, case)
                    loss = cls(kind, relativistic=relativistic)
                    found, gradient = _valued(loss, *pair)
                    values.append(abs(found - value))
                    gradients.append(_share(gradient, expected[1]))
    _print("adversarial", "PyTorch", _largest(values), "-", _largest(gradients))


def _valued(loss, y_true, y_pred):
    """Return the mean loss, and its gradient for the prediction."""
    y_pred = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        value = loss(tf.constant(y_true), y_pred)
    return float(value), tape.gradient(value, y_pred).numpy()


def _share(found, expected):
    finite = np.isfinite(expected)
    error = np.abs(found - expected)[finite].max()
    return error / max(np.abs(expected[finite]).max(), 1e-30)


def _largest(values):
    return f"{max(values):.1e}" if values else "-"


def _print(*cells):
    print("{:<16} {:<13} {:>12} {:>9} {:>9}".format(*cells), flush=True)


if __name__ == "__main__":
    main()
