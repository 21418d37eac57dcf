"""Cases shared by the tests of the generator and discriminator losses."""

import numpy as np

from tests.support import FIXTURES

GOLDEN = np.load(FIXTURES / "adversarial.npz")
SHAPES = ("one", "patches")
KINDS = ("non_saturating", "least_squares", "hinge", "wasserstein")
RELATIVE_KINDS = KINDS[:3]


def logits(shape):
    """Return random logits of real and of fake samples."""
    random = np.random.default_rng(0)
    return tuple(random.normal(scale=2, size=(2, *shape)).astype("float32"))


def golden(shape, case):
    """Return logits with PyTorch's value and gradients."""
    pair = [GOLDEN[f"{shape}/{side}"] for side in ("real", "fake")]
    expected = [
        GOLDEN[f"{shape}/{case}/{side}_gradient"] for side in ("real", "fake")
    ]
    return pair, GOLDEN[f"{shape}/{case}"], expected


def hard_logits(shape):
    """Return logits at which losses are known to overflow."""
    zeros, ones = np.zeros(shape, "float32"), np.ones(shape, "float32")
    noise, other = logits(shape)
    return {
        "huge and right": (1e4 * ones, -1e4 * ones),
        "huge and wrong": (-1e4 * ones, 1e4 * ones),
        "both huge": (1e4 * ones, 1e4 * ones),
        "both hugely negative": (-1e4 * ones, -1e4 * ones),
        "zeros": (zeros, zeros),
        "at the margin": (ones, -ones),
        "equal": (noise, noise.copy()),
        "zeros for noise": (noise, zeros),
        "huge noise": (1e4 * noise, 1e4 * other),
    }
