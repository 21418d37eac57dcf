"""How the recipes minimise: Adam, along a schedule."""

from typing import Any, Literal, get_args

import keras

from convzoo.common.checks import check_positive, is_integer
from convzoo.common.choices import Precision, Schedule

SCHEDULES = get_args(Schedule)
PRECISIONS = get_args(Precision)


def falling_rate(
    start: float, steps: int, schedule: Schedule
) -> keras.optimizers.schedules.LearningRateSchedule:
    """A rate that falls to 0 along a cosine, or by half, five times.

    Args:
        start: the rate of the first step.
        steps: to train for.
        schedule: `"cosine"` or `"halving"`.
    """
    if schedule == "cosine":
        return keras.optimizers.schedules.CosineDecay(start, steps)
    return keras.optimizers.schedules.ExponentialDecay(
        start, (steps + 5) // 6, 0.5, staircase=True
    )


def averaged_adamw(
    rate: float | keras.optimizers.schedules.LearningRateSchedule,
    weight_decay: float,
    ema: float,
    **arguments: Any,
) -> keras.optimizers.AdamW:
    """AdamW with a moving average of the weights; `ema` 0 is without.

    Args:
        rate: a number or a schedule.
        weight_decay: of all but biases and what normalisation learns, which are
            no weights to keep small.
        ema: momentum of the average.
        **arguments: of `keras.optimizers.AdamW`.
    """
    optimizer = keras.optimizers.AdamW(
        rate,
        weight_decay=weight_decay,
        use_ema=ema > 0,
        ema_momentum=ema,
        **arguments,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def check_patience(patience: int | None, validates: bool) -> None:
    """Raise a `ValueError` unless it is None, or epochs of a run that
    validates.
    """
    if patience is None:
        return
    check_positive("patience", patience)
    if not validates:
        raise ValueError(
            "`patience` needs a part of the data that validates. "
            f"Received: patience={patience}, hold_out=0"
        )


def jit_compile() -> Literal[False, "auto"]:
    """What `compile` takes: JAX has to compile; on a CPU, XLA takes longer for
    these convolutions than TensorFlow without it (docs/results.md).
    """
    return False if keras.config.backend() == "tensorflow" else "auto"


def check_whole_epochs(name: str, steps: int, epoch_steps: int) -> None:
    """Raise a `ValueError` unless `steps` is a multiple of `epoch_steps`."""
    if not is_integer(steps) or steps < 0 or steps % epoch_steps:
        raise ValueError(
            f"`{name}` must be a multiple of `epoch_steps`. Received: "
            f"{name}={steps!r}, epoch_steps={epoch_steps}"
        )
