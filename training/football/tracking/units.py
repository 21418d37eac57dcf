"""Units and origin of positions: metres from the centre spot, or refused."""

import numpy as np

# Minimum spread of the players in metres, and minimum number of players to
# check it.
_SPREAD = 2.5
_FEW = 4
# Number of positions above which their range tells the origin and the unit.
_MANY = 100
# Share of the positions that a range leaves out at each end.
_TAIL = 0.005
# Share of positions with a negative coordinate, below which there are none.
_NEGATIVE = 0.005
# Metres of a unit, the largest unit first, and how the unit is called.
_UNITS = (
    (0.9144, "yards"),
    (0.3048, "feet"),
    (0.1, "decimetres"),
    (0.0254, "inches"),
    (0.01, "centimetres"),
    (0.001, "millimetres"),
)
# Tolerance of a range, relative to that of a whole pitch.
_ABOUT = 1.15
# Ranges of both axes where the pitch is a square.
_SQUARES = (
    (1.0, "fractions of the pitch"),
    (2.0, "fractions of half the pitch"),
    (100.0, "percentages of the pitch"),
    (200.0, "percentages of half the pitch"),
)
# Half of the pitch of 120 x 80 yards that StatsBomb uses, in yards, and
# tolerance of it.
_YARDS = (60.0, 40.0)
_YARDS_OFF = 1.05
# Shares of half the pitch beyond which both axes, or x alone, reach in yards,
# and share within which they do.
_BEYOND, _LONGER, _WITHIN = 1.03, 1.06, 1.25


def check_metres(players: np.ndarray, pitch: tuple[float, float]) -> None:
    """Raise a `ValueError` unless positions are metres from the centre spot.

    On a pitch of the stated size, metres do not reach beyond the lines as yards
    and percentages do.
    """
    known = players[~np.isnan(players).any(-1)]
    if not len(known):
        raise ValueError(
            "`players` must have a known position. Received: only NaN"
        )
    low, high = _range(known)
    too_near = len(known) >= _FEW and (high - low).max() <= _SPREAD
    if (
        too_near
        or len(known) >= _MANY
        and (
            _from_a_corner(known)
            or _in_yards(low, high, pitch)
            or _in_percent(low, high, pitch)
            or _swapped(low, high, pitch)
        )
    ):
        refuse("players", players, pitch)


def refuse(name: str, places: np.ndarray, pitch: tuple[float, float]) -> None:
    """Raise a `ValueError` that names the likely unit of positions."""
    known = places[~np.isnan(places).any(-1)]
    low, high = _range(known)
    raise ValueError(
        f"`{name}` must be metres from the centre spot, x along the length "
        f"of a pitch of {pitch[0]:g} x {pitch[1]:g} m. Received: x from "
        f"{low[0]:g} to {high[0]:g}, y from {low[1]:g} to {high[1]:g}"
        f"{_likely(low, high, known, pitch)}"
    )


def _range(known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest x and y, without a few outliers."""
    if len(known) < _MANY:
        return known.min(0), known.max(0)
    low, high = np.quantile(known.astype("float64"), (_TAIL, 1 - _TAIL), axis=0)
    return low, high


def _from_a_corner(known: np.ndarray) -> bool:
    """Whether no x and no y is negative."""
    return bool(np.all(np.mean(known < 0, axis=0) < _NEGATIVE))


def _shares(
    low: np.ndarray, high: np.ndarray, pitch: tuple[float, float]
) -> np.ndarray:
    """Reach from the centre along both axes, in halves of the pitch."""
    return np.maximum(-low, high) / (np.array(pitch) / 2)


def _in_yards(
    low: np.ndarray, high: np.ndarray, pitch: tuple[float, float]
) -> bool:
    reach, shares = np.maximum(-low, high), _shares(low, high, pitch)
    return bool(
        ((shares > _BEYOND).all() or shares[0] > _LONGER)
        and (shares < _WITHIN).all()
        and (reach < _YARDS_OFF * np.array(_YARDS)).all()
    )


def _in_percent(
    low: np.ndarray, high: np.ndarray, pitch: tuple[float, float]
) -> bool:
    """Whether the pitch is a square of 100 x 100 around its centre."""
    span = high - low
    return bool(
        _shares(low, high, pitch)[1] > 1.2
        and span.max() < 102
        and span.min() > 0.8 * span.max()
    )


def _swapped(
    low: np.ndarray, high: np.ndarray, pitch: tuple[float, float]
) -> bool:
    """Whether y reaches as far as the length, and x as the width."""
    length, width = pitch
    along, across = np.maximum(-low, high)
    return bool(
        length > 1.2 * width
        and across > 1.2 * width / 2
        and along < _ABOUT * width / 2
    )


def _likely(
    low: np.ndarray,
    high: np.ndarray,
    known: np.ndarray,
    pitch: tuple[float, float],
) -> str:
    """The likely unit and origin, and a remedy."""
    span = high - low
    length, width = pitch
    from_corner = low.min() >= -0.2 * span.min()
    if span.min() > 0.8 * span.max():
        for side, name in _SQUARES:
            if 0.5 * side < span.max() <= _ABOUT * side:
                start, end = (0, side) if from_corner else (-side / 2, side / 2)
                return (
                    f", which look like {name}, from {start:g} to {end:g}; "
                    f"multiply x by {length / side:g} and y by "
                    f"{width / side:g}{_shift(from_corner, pitch)}"
                )
    if _swapped(low, high, pitch):
        return ", where x and y look swapped"
    unit = _unit(span, pitch)
    if unit is not None:
        metres, name = unit
        return (
            f", which look like {name}; multiply them by {metres:g}"
            f"{_shift(from_corner, pitch)}; scale a larger pitch to this one"
        )
    if _from_a_corner(known):
        return (
            ", which look like they count from a corner; subtract half the "
            f"pitch, {length / 2:g} from x and {width / 2:g} from y"
        )
    return ""


def _shift(from_corner: bool, pitch: tuple[float, float]) -> str:
    if not from_corner:
        return ""
    return f" and subtract {pitch[0] / 2:g} from x and {pitch[1] / 2:g} from y"


def _unit(
    span: np.ndarray, pitch: tuple[float, float]
) -> tuple[float, str] | None:
    """The unit in which the ranges fit on the pitch; None for metres."""
    pitches = float((span / np.array(pitch)).max())
    if pitches <= 1.0:
        return None
    for metres, name in _UNITS:
        if pitches * metres <= _ABOUT:
            return metres, name
    return None
