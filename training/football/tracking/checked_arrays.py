"""Checks of the arrays of `Tracking`."""

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

# Below it, floats have all whole numbers; 2**53 + 1 is rounded to it.
_EXACT = 2**53


def checked(
    name: str,
    value: ArrayLike | None,
    shape: tuple[int, ...],
    dtype: DTypeLike,
    missing: ArrayLike | None = None,
) -> np.ndarray:
    """Copy an array, after a check of shape and values; None is `missing`."""
    if value is None and missing is not None:
        return np.full(shape, missing, dtype)
    array = np.array(value)
    if array.shape != shape:
        raise ValueError(
            f"`{name}` must have the shape {shape}, as `players` has it. "
            f"Received: {name} of shape {array.shape}"
        )
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"`{name}` must be numbers. Received: {name} of {array.dtype}"
        )
    if np.isinf(array).any():
        raise ValueError(
            f"`{name}` must be finite, or NaN where unknown. "
            f"Received: {name} with an infinite value"
        )
    # A placeholder such as 1e300 becomes infinite.
    with np.errstate(over="ignore"):
        return array.astype(dtype)


def checked_whole(
    name: str,
    value: ArrayLike | None,
    shape: tuple[int, ...],
    missing: ArrayLike,
) -> np.ndarray:
    """Copy whole numbers as 64-bit integers, after a check of their values."""
    array = np.array(missing if value is None else value)
    if array.dtype.kind == "f":
        # Half precision cannot hold the limit.
        array = array.astype("float64")
        fits = (np.abs(array) < _EXACT) & (array == np.round(array))
    elif array.dtype.kind == "u":
        fits = array <= np.iinfo("int64").max
    else:
        # Integers beyond 64 bits are objects, which `checked` refuses.
        fits = np.ones(array.shape, bool)
    if not fits.all():
        raise ValueError(
            f"`{name}` must be whole numbers of 64 bits. "
            f"Received: {array[~fits].tolist()[:3]}"
        )
    whole = None if value is None else array
    return checked(name, whole, shape, "int64", missing)


def checked_index(
    name: str, value: ArrayLike | None, shape: tuple[int, ...], last: int
) -> np.ndarray:
    """Copy whole numbers from 0 to `last`; -1 is unknown, and None all."""
    index = checked_whole(name, value, shape, -1)
    if index.min() < -1 or index.max() > last:
        raise ValueError(
            f"`{name}` must be from 0 to {last}, or -1 where unknown. "
            f"Received: from {index.min()} to {index.max()}"
        )
    return index


def checked_team(value: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """Copy teams, after a check of values and shape."""
    array = np.array(value)
    known = np.isin(array, (0, 1))
    if not known.all():
        others = np.unique(array[~known]).tolist()[:3]
        raise ValueError(f"`team` must be 0 or 1. Received: {others}")
    return checked("team", array, shape, "int8")


def measured(velocities: np.ndarray, players: np.ndarray) -> np.ndarray:
    """Replace velocities that were not measured by NaN."""
    unknown = np.isnan(velocities).any(2) | np.isnan(players).any(2)
    velocities[unknown] = np.nan
    still = np.all(np.nan_to_num(velocities) == 0, axis=(1, 2))
    velocities[still] = np.nan
    return velocities
