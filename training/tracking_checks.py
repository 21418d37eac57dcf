"""What arrays of tracking data must be."""

import numpy as np

# Beyond the lines by so much a player may run, in metres.
_BESIDE = 15.0
# The largest share of positions that may be farther out, and of balls.
_OUTLIERS, _BALLS_OUT = 0.01, 0.1
# Metres over which players of a game are spread at least, and how many of them.
_SPREAD = 2.5
_FEW = 4
# So many positions are not all in one quarter of the pitch.
_MANY = 200


def check_metres(players, pitch):
    """Raise a `ValueError` if positions have another unit or origin."""
    known = players[~np.isnan(players).any(-1)]
    if not len(known):
        raise ValueError(
            "`players` must have a position somewhere. Received: NaN alone"
        )
    low, high = known.min(0), known.max(0)
    spread = high - low
    if (
        _outside(known, pitch) <= _OUTLIERS
        and (len(known) < _FEW or spread.max() > _SPREAD)
        and (len(known) < _MANY or low.min() < 0)
    ):
        return
    raise ValueError(
        "`players` must be metres from the centre spot, x along the length "
        f"of a pitch of {pitch[0]:g} x {pitch[1]:g} m. Received: x from "
        f"{low[0]:g} to {high[0]:g}, y from {low[1]:g} to {high[1]:g}"
        f"{_likely(low, high, pitch)}"
    )


def check_ball(ball, pitch):
    """Raise a `ValueError` if the ball has another unit than metres."""
    known = ball[~np.isnan(ball).any(1)]
    if len(known) and _outside(known, pitch) > _BALLS_OUT:
        low, high = known.min(0), known.max(0)
        raise ValueError(
            "`ball` must be metres from the centre spot, as `players` are, of "
            f"a pitch of {pitch[0]:g} x {pitch[1]:g} m. Received: x from "
            f"{low[0]:g} to {high[0]:g}, y from {low[1]:g} to {high[1]:g}"
        )


def _outside(known, pitch):
    """The share of positions that are far beyond the lines."""
    return np.mean((np.abs(known) > np.array(pitch) / 2 + _BESIDE).any(1))


def _likely(low, high, pitch):
    """The unit in which such positions may be."""
    if low.min() >= -0.2 and high.max() <= 1.2:
        return ", which look like shares of the pitch, from 0 to 1"
    if low.min() >= -1.2 and high.max() <= 1.2:
        return ", which look like shares of half the pitch, from -1 to 1"
    largest = max(abs(low.min()), abs(high.max()))
    if largest > 10 * max(pitch):
        return ", which look like centimetres"
    if low.min() >= -_BESIDE and largest <= 1.2 * max(pitch):
        return ", which look like they count from a corner"
    return ""


def measured(velocities, players):
    """NaN where nobody measured them."""
    unknown = np.isnan(velocities).any(2) | np.isnan(players).any(2)
    velocities[unknown] = np.nan
    still = np.all(np.nan_to_num(velocities) == 0, axis=(1, 2))
    velocities[still] = np.nan
    return velocities


def checked_team(value, shape):
    """A copy: 0 or 1, of that shape."""
    array = np.array(value)
    known = np.isin(array, (0, 1))
    if not known.all():
        others = np.unique(array[~known]).tolist()[:3]
        raise ValueError(f"`team` must be 0 or 1. Received: {others}")
    return checked("team", array, shape, "int8")


def checked(name, value, shape, dtype, missing=None):
    """A copy of an array of that shape and type; None is `missing`."""
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
            f"`{name}` must be finite, or NaN where it is not known. "
            f"Received: {name} with an infinite value"
        )
    return array.astype(dtype)
