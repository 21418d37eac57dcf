"""SRGAN: against a step with two tapes, and what each part may touch."""

import keras
import numpy as np
import pytest

from convzoo.losses import GeneratorLoss
from convzoo.zoo import SRGAN
from tests.fixtures import srgan_cases as cases
from tests.layer_checks import BACKEND
from tests.support import FIXTURES

GOLDEN = np.load(FIXTURES / "srgan_step.npz")


def model_of(case, optimizer):
    """The model of a case of the fixture, compiled."""
    _, kind, relativistic, penalty = cases.CASES[case]
    weights = cases.WEIGHTS
    adversarial = GeneratorLoss(kind, relativistic)
    model = SRGAN(
        *cases.networks(case),
        pixel_loss=("mean_absolute_error", weights["pixel"]),
        perceptual_loss=(cases.perceptual_loss(case), weights["perceptual"]),
        adversarial_loss=(adversarial, weights["adversarial"]),
        gradient_penalty=cases.PENALTY if penalty else 0,
    )
    model.compile(
        cases.optimizers(optimizer)[0],
        cases.RATES[optimizer][1],
        jit_compile=BACKEND == "jax",
    )
    return model


@pytest.fixture
def known_points(monkeypatch):
    """Take gradient penalties where the fixture did."""

    def alphas(shape, dtype=None, seed=None):
        assert shape[1:] == (1, 1, 1)
        return keras.ops.reshape(
            keras.ops.convert_to_tensor(cases.ALPHAS, dtype), (2, 1, 1, 1)
        )

    monkeypatch.setattr(keras.random, "uniform", alphas)


def assert_trained_alike(model, expected):
    """Train, and compare all terms of each step, and weights."""
    for step in range(1, cases.STEPS + 1):
        model.reset_metrics()
        logs = model.train_on_batch(*cases.batch(), return_dict=True)
        for name, value in logs.items():
            if name != "loss":
                np.testing.assert_allclose(
                    value,
                    expected[f"{step}/{name}"],
                    rtol=1e-4,
                    atol=1e-5,
                    err_msg=f"{name} in step {step}",
                )
        if step in (1, cases.STEPS):
            for name in ("generator", "discriminator"):
                found = cases.thinned(getattr(model, name))
                print(
                    step, name, np.abs(found - expected[f"{step}/{name}"]).max()
                )
                np.testing.assert_allclose(
                    found, expected[f"{step}/{name}"], atol=1e-4
                )


@pytest.mark.parametrize("optimizer", cases.OPTIMIZERS)
@pytest.mark.parametrize("case", cases.CASES)
def test_trains_as_two_tapes_do(case, optimizer, known_points):
    prefix = f"{case}/{optimizer}/"
    expected = {
        name.removeprefix(prefix): value
        for name, value in GOLDEN.items()
        if name.startswith(prefix)
    }
    assert_trained_alike(model_of(case, optimizer), expected)
