"""Timed steps change nothing."""

import keras
import numpy as np

from convzoo.training import SizeBuckets
from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.classification.compile_classifier import (
    compile_classifier,
)
from convzoo.training.classification.one_hot_targets import OneHotTargets
from convzoo.training.classification.step_times import measure_steps
from convzoo.training.model_state import state_variables, values_of
from convzoo.zoo import SizeAgnosticClassifier
from tests.support import photograph


def test_timed_steps_are_undone(tmp_path):
    keras.utils.set_random_seed(0)
    sizes = [(8, 9), (8, 9), (9, 8), (16, 20), (17, 20)]
    batches = SizeBuckets(
        [photograph(*size, seed=i) for i, size in enumerate(sizes)],
        OneHotTargets(np.array([0, 1, 0, 1, 0]), 2),
        batch_size=2,
        buckets=2,
    )
    model = SizeAgnosticClassifier(2, "plain", (1,), width=2, dropout=0.5)
    options = ClassifierOptions(tmp_path, tmp_path / "run")
    compile_classifier(model, options, 10)
    before = values_of(state_variables(model))
    told = []
    times = measure_steps(model, batches, 1000, told.append)
    for a, b in zip(before, values_of(state_variables(model)), strict=True):
        np.testing.assert_array_equal(a, b)
    assert 0 < times.step < times.epoch
    assert times.epoch > 3 * times.step
    compiled = [line.partition(" pixels")[0].split()[-1] for line in told]
    shapes = {f"{w}x{h}" for h, w in batches.shapes.tolist()}
    assert set(compiled) == shapes and len(told) == 2
