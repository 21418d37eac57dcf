"""Number of steps that a time limit allows. No Keras."""

from typing import Any


def planned_steps(
    minutes: float, step: float, epoch: float, epoch_steps: int
) -> int:
    """Return the number of steps that fit into a time: at least one.

    Whole epochs, if one fits: what follows the last validation would be lost.

    Args:
        minutes: The time.
        step: Seconds of a step.
        epoch: Seconds of an epoch, with its validation.
        epoch_steps: Number of steps of an epoch.
    """
    epochs = int(minutes * 60 / epoch)
    if epochs:
        return epochs * epoch_steps
    rest = minutes * 60 - (epoch - step * epoch_steps)
    return min(max(int(rest / step), 1), epoch_steps)


def stored_steps(
    settings: dict[str, Any] | None, minutes: float, epoch_steps: int
) -> int | None:
    """Return the planned number of steps of a run, or None without one.

    Args:
        settings: Settings of the run, or None.
        minutes: Time limit. If it is not that of the run, the steps are in
            proportion, in whole epochs if there was more than one.
        epoch_steps: Number of steps of an epoch.
    """
    try:
        found, before = (settings or {})["steps"], (settings or {})["minutes"]
        steps = int(found * (minutes / before))
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None
    if minutes == before:
        return found
    return max(steps - steps % epoch_steps, found, 1)
