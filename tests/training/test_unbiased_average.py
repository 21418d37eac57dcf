"""The average against loops in NumPy, and across an interruption."""

import keras
import numpy as np
import pytest

from convzoo.training.averaged_adam import AveragedAdam
from convzoo.training.averaged_adamw import AveragedAdamW
from convzoo.training.optimization import averaged_adam, averaged_adamw


def network(optimizer):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer, "mse")
    return model


def batch():
    random = np.random.default_rng(0)
    return random.normal(size=(4, 3)), random.normal(size=(4, 2))


def averaged(model):
    """The averages that the optimizer would end with."""
    now = model.get_weights()
    model.optimizer.finalize_variable_values(model.trainable_variables)
    found = model.get_weights()
    model.set_weights(now)
    return found


@pytest.mark.parametrize("ema", [0.5, 0.99])
@pytest.mark.parametrize(
    "made",
    [
        lambda ema: averaged_adam(0.1, ema),
        lambda ema: averaged_adamw(0.1, 0.05, ema),
    ],
)
def test_the_average_equals_a_loop(made, ema):
    """`fit` compiles the step, and the momentum must not be frozen in it."""
    model = network(made(ema))
    expected = None
    for step in range(12):
        model.train_on_batch(*batch())
        weights = model.get_weights()
        if expected is None:
            expected = weights
        momentum = min(ema, (1 + step) / (10 + step))
        expected = [
            momentum * a + (1 - momentum) * w
            for a, w in zip(expected, weights, strict=True)
        ]
        for a, b in zip(averaged(model), expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_constant_weights_are_their_average():
    model = network(AveragedAdam(0.0, use_ema=True, ema_momentum=0.99))
    before = model.get_weights()
    for _ in range(3):
        model.train_on_batch(*batch())
    for a, b in zip(averaged(model), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_without_an_average_it_is_the_optimizer_of_keras():
    ours = network(averaged_adamw(0.1, 0.05, 0))
    theirs = keras.optimizers.AdamW(0.1, weight_decay=0.05)
    theirs.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    other = network(theirs)
    for model in (ours, other):
        for _ in range(3):
            model.train_on_batch(*batch())
        model.optimizer.finalize_variable_values(model.trainable_variables)
    for a, b in zip(ours.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize("kind", [AveragedAdam, AveragedAdamW])
def test_its_configuration_makes_it_again(kind):
    first = kind(0.25, use_ema=True, ema_momentum=0.75)
    config = keras.saving.serialize_keras_object(first)
    again = keras.saving.deserialize_keras_object(config)
    assert isinstance(again, kind)
    assert again.get_config() == first.get_config()
