"""Optimizers and learning rate schedules that recipes share."""

from typing import Any, Literal

import keras

from convzoo.common.choices import Schedule
from convzoo.training.averaged_adam import AveragedAdam
from convzoo.training.averaged_adamw import AveragedAdamW


def falling_rate(
    start: float, steps: int, schedule: Schedule
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return a learning rate schedule.

    Args:
        start: Initial learning rate.
        steps: Number of training steps.
        schedule: `"cosine"`, which falls to 0, or `"halving"`, which halves the
            rate five times.
    """
    if schedule == "cosine":
        return keras.optimizers.schedules.CosineDecay(start, steps)
    return keras.optimizers.schedules.ExponentialDecay(
        start, (steps + 5) // 6, 0.5, staircase=True
    )


def averaged_adam(
    rate: float | keras.optimizers.schedules.LearningRateSchedule,
    ema: float,
    **arguments: Any,
) -> AveragedAdam:
    """Return Adam with a moving average of the weights.

    Args:
        rate: Learning rate or schedule.
        ema: Momentum of the moving average, in [0, 1). 0 disables it.
        **arguments: Keyword arguments of `keras.optimizers.Adam`.
    """
    return AveragedAdam(rate, use_ema=ema > 0, ema_momentum=ema, **arguments)


def averaged_adamw(
    rate: float | keras.optimizers.schedules.LearningRateSchedule,
    weight_decay: float,
    ema: float,
    **arguments: Any,
) -> AveragedAdamW:
    """Return AdamW with a moving average of the weights.

    Args:
        rate: Learning rate or schedule.
        weight_decay: Weight decay. Biases and the parameters of normalisation
            are exempt.
        ema: Momentum of the moving average, in [0, 1). 0 disables it.
        **arguments: Keyword arguments of `keras.optimizers.AdamW`.
    """
    optimizer = AveragedAdamW(
        rate,
        weight_decay=weight_decay,
        use_ema=ema > 0,
        ema_momentum=ema,
        **arguments,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def jit_compile() -> Literal[False, "auto"]:
    """Return the argument `jit_compile` of `keras.Model.compile`.

    JAX requires compilation. On a CPU, XLA is slower for these convolutions
    than TensorFlow without it (docs/results.md).
    """
    return False if keras.config.backend() == "tensorflow" else "auto"
