"""The step at which a training run ends, from its epochs or its minutes."""

from collections.abc import Callable
from typing import Any, NamedTuple

from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.classification.compile_classifier import (
    compile_classifier,
)
from convzoo.training.classification.planned_steps import (
    planned_steps,
    stored_steps,
)
from convzoo.training.classification.shaped_batches import ShapedBatches
from convzoo.training.classification.step_times import (
    StepTimes,
    measure_steps,
)
from convzoo.training.run_settings import read_settings
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)


class PlannedEnd(NamedTuple):
    """End of a run.

    Attributes:
        steps: Number of steps.
        settings: Settings of the run that keep it.
        times: Measured times, or None if none were needed.
    """

    steps: int
    settings: dict[str, Any]
    times: StepTimes | None


def planned_end(
    model: SizeAgnosticClassifier,
    batches: ShapedBatches,
    validated: int,
    options: ClassifierOptions,
    tell: Callable[[str], None],
) -> PlannedEnd:
    """Return the end of a run: that of the run that is there, or a new one.

    Args:
        model: The model, which is compiled if its steps are timed.
        batches: As in `measure_steps`.
        validated: As in `measure_steps`.
        options: Options of the recipe.
        tell: As in `measure_steps`.
    """
    length, minutes = len(batches), options.planned_minutes
    if minutes is None:
        return PlannedEnd(options.planned_epochs * length, {}, None)
    steps = stored_steps(read_settings(options.out), minutes, length)
    times = None
    if steps is None:
        # The learning rate is irrelevant: the steps are undone.
        compile_classifier(model, options, steps=1)
        times = measure_steps(model, batches, validated, tell)
        steps = planned_steps(minutes, times.step, times.epoch, length)
    return PlannedEnd(steps, {"minutes": minutes, "steps": steps}, times)
