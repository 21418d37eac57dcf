"""Argument checks of feature extractors."""

import math
import os
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from convzoo.common.checks import check_above
from convzoo.common.types import PathLike

# The name of a layer, several names, or a dictionary of names and weights.
Layers: TypeAlias = str | list[str] | tuple[str, ...] | dict[str, float]


def check_input_range(value: tuple[float, float]) -> None:
    """Raise a `ValueError` unless a range is two increasing numbers."""
    is_pair = isinstance(value, (tuple, list)) and len(value) == 2
    if not is_pair or not all(map(_is_finite, value)) or value[0] >= value[1]:
        raise ValueError(
            "`input_range` must be the values of black and white, two finite "
            f"numbers in increasing order. Received: input_range={value!r}"
        )


def check_weights(value: PathLike | None) -> None:
    """Raise a `ValueError` unless weights are None, a name or a path."""
    if value is not None and not isinstance(value, (str, os.PathLike)):
        raise ValueError(
            "`weights` must be None, a name or a path. "
            f"Received: weights={value!r}"
        )


def check_layer_names(layers: Iterable[str], known: Sequence[str]) -> None:
    """Raise a `ValueError` that quotes the first unknown layer name."""
    for name in layers:
        if name not in known:
            raise ValueError(
                "`layers` must be names of layers of the network: "
                f"{', '.join(known)}. Received: layers with {name!r}"
            )


def checked_layers(value: Layers) -> dict[str, float]:
    """Return a dictionary of layer names and their weights."""
    names = [value] if isinstance(value, str) else value
    if isinstance(names, (list, tuple)) and names:
        if all(isinstance(n, str) and names.count(n) == 1 for n in names):
            return dict.fromkeys(names, 1.0)
    elif isinstance(names, dict) and names:
        for name, weight in names.items():
            check_above(f"layers[{name!r}]", weight, 0)
        return {name: float(weight) for name, weight in names.items()}
    raise ValueError(
        "`layers` must be the name of a layer, a list of unique names, or a "
        f"dictionary of names and weights. Received: layers={value!r}"
    )


def _is_finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value)
