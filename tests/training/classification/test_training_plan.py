"""Lines of the plan, with figures worked by hand."""

import types

import numpy as np

from convzoo.training.classification.step_times import StepTimes
from convzoo.training.classification.training_plan import (
    data_plan,
    shapes_plan,
    split_plan,
    time_plan,
)


def folder(labels, short_side=None):
    class Folder(types.SimpleNamespace):
        def __len__(self):
            return len(self.labels)

    sizes = np.array([[30, 40], [8, 9], [20, 70]])
    return Folder(
        labels=np.array(labels),
        class_names=["a", "b"],
        original_sizes=sizes,
        short_side=short_side,
    )


def test_images_and_their_sizes():
    assert data_plan(folder([0, 1, 1])) == [
        "3 images of 2 classes, 1 to 2 a class; smallest 9x8, median 40x30, "
        "largest 70x20 pixels",
    ]
    assert data_plan(folder([0, 1, 1], 96))[1] == (
        "all are scaled to 96 pixels on the shorter side"
    )
    assert split_plan(2, 1) == "2 to learn from, 1 to validate on"


def test_shapes_and_images_in_each():
    batches = types.SimpleNamespace(
        sizes=None, shapes=np.array([[96, 232], [96, 120]]), batch_sizes=[8, 32]
    )
    assert shapes_plan(batches) == (
        "2 shapes of batches (images in each): 120x96 (32), 232x96 (8)"
    )
    batches.sizes = (32, 48)
    assert shapes_plan(batches) == "all images are warped to 32x32, 48x48"


def test_steps_and_time():
    steps, seconds = time_plan(StepTimes(0.5, 9.0), 1700, 17)
    assert steps.startswith("1700 steps, 17 an epoch, 100 epochs; memory ")
    assert seconds == (
        "about 9.0 seconds an epoch, 15.0 minutes from the first to the last"
    )
    # A part of an epoch.
    _, seconds = time_plan(StepTimes(0.5, 36000.0), 10, 100)
    assert seconds == (
        "about 10.0 hours an epoch, 60.0 minutes from the first to the last"
    )
