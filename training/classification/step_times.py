"""Time of training, measured on a few steps that change nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import keras

from convzoo.training.classification.shaped_batches import ShapedBatches
from convzoo.training.model_state import (
    assign_values,
    state_variables,
    values_of,
)

# A prediction takes about a third of the time of a training step.
_PREDICTION = 0.35
# Seconds to save the weights and the state after an epoch.
_SAVING = 0.5
# Batches that are timed.
_TIMED = 2


@dataclass(frozen=True)
class StepTimes:
    """Seconds that parts of the training take.

    Attributes:
        step: A training step, in the mean.
        epoch: An epoch, with its validation.
    """

    step: float
    epoch: float


def measure_steps(
    model: keras.Model,
    batches: ShapedBatches,
    validated: int,
    tell: Callable[[str], None],
) -> StepTimes:
    """Compile the training step for each shape, and time two batches.

    The model, its optimizer and its random numbers are afterwards as before.

    Args:
        model: A compiled model, whose optimizer is built.
        batches: The batches of an epoch.
        validated: Pixels of the images of a validation.
        tell: Called with what is going on.
    """
    variables = state_variables(model)
    before = values_of(variables)
    areas = [_pixels(batches, index) for index in range(len(batches))]
    firsts = {batches.shape_of(i): i for i in reversed(range(len(batches)))}
    for number, ((height, width), index) in enumerate(firsts.items(), 1):
        tell(
            f"compiling the training step for {width}x{height} pixels "
            f"({number} of {len(firsts)}) ..."
        )
        model.train_on_batch(*batches[index])
    # Batches around the median size.
    order = sorted(range(len(areas)), key=areas.__getitem__)
    middle = max((len(order) - _TIMED) // 2, 0)
    timed = order[middle : middle + _TIMED]
    started = time.monotonic()
    for index in timed:
        model.train_on_batch(*batches[index])
    seconds = time.monotonic() - started
    model.reset_metrics()
    assign_values(variables, before)
    pace = seconds / sum(areas[index] for index in timed)
    return StepTimes(
        step=pace * sum(areas) / len(areas),
        epoch=pace * (sum(areas) + _PREDICTION * validated) + _SAVING,
    )


def _pixels(batches: ShapedBatches, index: int) -> int:
    height, width = batches.shape_of(index)
    return height * width * batches.size_of(index)
