"""Dropout that a run repeats."""

import random

import keras


def seeded_dropout(
    rate: float, dtype: str | keras.DTypePolicy | None = None
) -> keras.layers.Dropout:
    """A `Dropout` whose draws depend on a variable of the layer.

    Without a seed Keras draws from PyTorch's own stream there, which no file of
    weights holds: a run that goes on would not end with the same weights.
    """
    # `keras.utils.set_random_seed` seeds this too.
    seed = random.randint(1, 10**9)
    return keras.layers.Dropout(rate, seed=seed, dtype=dtype)
