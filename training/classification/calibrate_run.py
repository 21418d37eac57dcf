"""Calibration of what a run has trained."""

from collections.abc import Callable

import numpy as np

from convzoo.training.classification.calibrated import calibrated
from convzoo.training.run import Run
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)


def calibrate_run(
    run: Run,
    predict: Callable[[SizeAgnosticClassifier], np.ndarray],
    labels: np.ndarray,
) -> None:
    """Give the best weights of a run the temperature of held-out images.

    Args:
        run: A run that is over.
        predict: Function of a classifier that returns its logits of the images,
            `(images, classes)`.
        labels: Their classes, integers `(images,)`.
    """
    model = SizeAgnosticClassifier.from_preset(run.folder)
    if model.temperature != 1:
        # The command was repeated.
        return
    with run.opened():
        run.replace_best(calibrated(model, predict(model), labels))
