"""Dropout that resumed runs reproduce."""

import random

import keras


def seeded_dropout(
    rate: float, dtype: str | keras.DTypePolicy | None = None
) -> keras.layers.Dropout:
    """Create a `Dropout` whose random state is a variable of the layer.

    Without a seed, Keras uses PyTorch's global generator on that backend. Files
    of weights do not store it, so a resumed run would end with other weights.

    Args:
        rate: Fraction of the inputs to drop in training.
        dtype: Data type or policy of the layer.
    """
    # `keras.utils.set_random_seed` seeds this too.
    seed = random.randint(1, 10**9)
    return keras.layers.Dropout(rate, seed=seed, dtype=dtype)
