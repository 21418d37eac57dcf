"""FineTuning: when it is better, and which layers are trained."""

import keras
import numpy as np
import pytest

from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.classification.transfer import fine_tuning as module
from convzoo.training.classification.transfer.examples import held_out
from convzoo.training.classification.transfer.fine_tuning import (
    GAIN,
    FineTuning,
    unfreeze_top,
)


def tuning_of(count, tmp_path, monkeypatch):
    """Held-out images of class 0; "models" are the predicted classes."""

    def logits_of(model, images):
        assert len(images) == count
        return np.eye(2)[model]

    monkeypatch.setattr(module, "predict_logits", logits_of)
    options = ClassifierOptions("data", tmp_path / "run", backbone="squeezenet")
    validates = np.ones(count, bool)
    images = [np.zeros((4, 4, 3), "uint8")] * count
    labels = np.zeros(count, int)
    examples = held_out(images, labels, 2, validates)
    return FineTuning(options, examples, print)


@pytest.mark.parametrize(
    ("better", "worse", "gains"),
    [
        (0, 0, False),
        (1, 0, False),
        (2, 0, True),
        (0, 5, False),
        # The difference of 40 images varies by 6.3.
        (23, 17, False),
        (24, 16, True),
    ],
)
def test_a_gain_is_more_than_chance(
    better, worse, gains, tmp_path, monkeypatch
):
    tuning = tuning_of(100, tmp_path, monkeypatch)
    first, other = np.zeros((2, 100), int)
    first[:better] = 1
    other[50 : 50 + worse] = 1
    assert tuning.figures(first)[GAIN] == 0
    found = tuning.figures(other)
    assert (found[GAIN] > 0) == gains
    assert found["validation_accuracy"] == (100 - worse) / 100


def test_without_held_out_images_there_are_no_figures(tmp_path, monkeypatch):
    tuning = tuning_of(0, tmp_path, monkeypatch)
    assert not tuning.validates and tuning.figures(np.zeros(0, int)) == {}


def test_the_upper_half_is_trained_without_normalisations():
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(2, 3),
            layers.Conv2D(2, 3),
            layers.ReLU(),
            layers.BatchNormalization(),
            layers.Conv2D(2, 3),
        ]
    )
    unfreeze_top(network)
    trained = [layer.trainable for layer in network.layers if layer.weights]
    assert trained == [False, False, False, True]
