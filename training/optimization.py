"""How the recipes minimise: Adam, along a schedule."""

import keras


def falling_rate(start, steps, schedule):
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


def averaged_adamw(rate, weight_decay, ema, **arguments):
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


def jit_compile():
    """What `compile` takes: JAX has to compile; on a CPU, XLA takes longer for
    these convolutions than TensorFlow without it (docs/results.md).
    """
    return False if keras.config.backend() == "tensorflow" else "auto"
