"""Dropout that a run repeats."""

import random

from keras import layers


def seeded_dropout(rate, dtype=None):
    """A `Dropout` whose draws depend on a variable of the layer.

    Without a seed Keras draws from PyTorch's own stream there, which no file of
    weights holds: a run that goes on would not end with the same weights.
    """
    # `keras.utils.set_random_seed` seeds this too.
    seed = random.randint(1, 10**9)
    return layers.Dropout(rate, seed=seed, dtype=dtype)
