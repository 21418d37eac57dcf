"""Check of the inputs of exported models."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike


def check_names(given: Iterable[str], wanted: Iterable[str]) -> None:
    """Raise a `ValueError` unless inputs have these names."""
    if set(given) != set(wanted):
        raise ValueError(
            f"The inputs must be named {sorted(wanted)}. "
            f"Received: {sorted(given)}"
        )


def shapes_of(inputs: Mapping[str, ArrayLike]) -> dict[str, tuple[int, ...]]:
    """Shapes of arrays, for a message."""
    return {name: np.shape(value) for name, value in inputs.items()}
