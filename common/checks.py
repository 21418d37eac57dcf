"""Argument checks whose errors quote the received value."""

import math
import numbers
from collections.abc import Collection, Mapping
from typing import TypeGuard


def check_choice(name: str, value: object, choices: Collection[object]) -> None:
    """Raise a `ValueError` unless `value` is one of `choices`."""
    if not _is_among(value, choices):
        raise ValueError(
            f"`{name}` must be one of {choices}. Received: {name}={value!r}"
        )


def _is_among(value: object, choices: Collection[object]) -> bool:
    try:
        return value in choices
    # An array has no single truth value, and a list no hash.
    except (TypeError, ValueError):
        return False


def check_unused(
    values: Mapping[str, object], defaults: Mapping[str, object], use: str
) -> None:
    """Raise a `ValueError` if an argument that has no effect was set.

    Args:
        values: Values of arguments, by name.
        defaults: The default of each argument that has no effect.
        use: What these arguments are for.
    """
    for name, default in defaults.items():
        if values[name] != default:
            raise ValueError(
                f"`{name}` is for {use}. Received: {name}={values[name]!r}"
            )


def check_positive(name: str, value: object) -> None:
    """Raise a `ValueError` unless `value` is a positive integer."""
    if not is_integer(value) or value < 1:
        raise ValueError(
            f"`{name}` must be a positive integer. Received: {name}={value!r}"
        )


def check_count(name: str, value: object) -> None:
    """Raise a `ValueError` unless `value` is an integer of at least 0."""
    if not is_integer(value) or value < 0:
        raise ValueError(
            f"`{name}` must be an integer of at least 0. "
            f"Received: {name}={value!r}"
        )


def check_number(
    name: str, value: object, low: float, high: float = math.inf
) -> None:
    """Raise a `ValueError` unless `low <= value < high`."""
    if not _is_number(value) or not low <= value < high:
        raise ValueError(
            f"`{name}` must be a number of at least {low} and below {high}. "
            f"Received: {name}={value!r}"
        )


def check_fraction(name: str, value: object) -> None:
    """Raise a `ValueError` unless `0 <= value <= 1`."""
    check_between(name, value, 0, 1)


def check_between(name: str, value: object, low: float, high: float) -> None:
    """Raise a `ValueError` unless `low <= value <= high`."""
    if not _is_number(value) or not low <= value <= high:
        raise ValueError(
            f"`{name}` must be a number from {low} to {high}. "
            f"Received: {name}={value!r}"
        )


def check_above(name: str, value: object, low: float) -> None:
    """Raise a `ValueError` unless `low < value < infinity`."""
    if not _is_number(value) or not low < value < math.inf:
        raise ValueError(
            f"`{name}` must be a finite number above {low}. "
            f"Received: {name}={value!r}"
        )


def check_flag(name: str, value: object) -> None:
    """Raise a `ValueError` unless `value` is True or False."""
    if not isinstance(value, bool):
        raise ValueError(
            f"`{name}` must be True or False. Received: {name}={value!r}"
        )


def check_seed(value: object) -> None:
    """Raise a `ValueError` unless `value` is a seed that NumPy accepts."""
    if not is_integer(value) or not 0 <= value < 2**32:
        raise ValueError(
            "`seed` must be an integer of at least 0 and below 2**32. "
            f"Received: seed={value!r}"
        )


def checked_pair(name: str, value: object, low: int = 1) -> tuple[int, int]:
    """Return an int or a pair of ints as a pair; each is at least `low`."""
    pair = (value, value) if is_integer(value) else value
    if (
        not isinstance(pair, (tuple, list))
        or len(pair) != 2
        or not all(is_integer(v) and v >= low for v in pair)
    ):
        raise ValueError(
            f"`{name}` must be an integer of at least {low} or a pair of such "
            f"integers. Received: {name}={value!r}"
        )
    return int(pair[0]), int(pair[1])


def check_lengths(name: str, value: object) -> None:
    """Raise a `ValueError` unless `value` is a pair of positive lengths."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(
            f"`{name}` must be two lengths, along x and y. "
            f"Received: {name}={value!r}"
        )
    for index, length in enumerate(value):
        check_above(f"{name}[{index}]", length, 0)


def is_integer(value: object) -> TypeGuard[int]:
    """Return whether `value` is an integer and not a bool."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)
