"""Functions as losses and metrics of a model that is saved."""

import keras
import numpy as np
import pytest

from convzoo.losses import (
    SSIM,
    LossMetric,
    charbonnier,
    contextual,
    fsim,
    multi_scale_ssim,
    ssim,
)
from tests.loss_checks import model_of_one_layer, random_pair

FUNCTIONS = [ssim, multi_scale_ssim, fsim, charbonnier, contextual]


def test_functions_return_with_the_model(tmp_path):
    """Keras can load a function only where it is registered."""
    x, y = random_pair((2, 16, 18, 3))
    model = model_of_one_layer(4)
    metrics = [*FUNCTIONS, LossMetric(ssim, name="metric"), SSIM(name="dssim")]
    model.compile("sgd", charbonnier, metrics=metrics, run_eagerly=True)
    expected = model.evaluate(x, y, verbose=0, return_dict=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    loaded.run_eagerly = True
    found = loaded.evaluate(x, y, verbose=0, return_dict=True)
    assert found.keys() == expected.keys()
    np.testing.assert_allclose(
        list(found.values()), list(expected.values()), rtol=1e-5
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_names_are_registered(function):
    name = f"convzoo>{function.__name__}"
    assert keras.saving.get_registered_object(name) is function
