"""Positions that stand for unknown ones, such as (-1000, -1000)."""

import warnings

import numpy as np

from convzoo.training.football.tracking.stand_ins import stand_ins
from convzoo.training.football.tracking.units import check_metres, refuse

# Distances beyond the lines in metres at which nobody plays, and no ball is
# followed. A pitch is at most 15 m longer and 22 m wider than the usual one.
_BESIDE, _BALL_BESIDE = 15.0, 30.0
# Maximum fraction of different positions out there among players, and among
# balls; more are another unit.
_OUTLIERS, _BALLS_OUT = 0.01, 0.1
# Number of coordinates out there that may repeat without limit.
_PLACEHOLDERS = 3
# Speed that no player has, in metres per second, and maximum fraction of
# velocities above it.
_FASTEST, _TOO_FAST = 20.0, 0.01


def forget_placeholders(
    players: np.ndarray,
    velocities: np.ndarray,
    ball: np.ndarray,
    time: np.ndarray,
    pitch: tuple[float, float],
) -> None:
    """Replace implausible positions and velocities by NaN, with one warning.

    - Positions of players more than 15 m and of balls more than 30 m beyond the
      lines. Any number of them may share the same few coordinates, as
      placeholders do; otherwise, only 1 % of the players and 10 % of the balls
      may be out there.
    - Placeholders on the pitch, see `stand_ins`.
    - Velocities above 20 m/s, which may be 1 %.

    Args:
        players, velocities, ball, time: Arrays as in `Tracking`. The first
            three change.
        pitch: Length and width of the pitch, in metres.

    Raises:
        ValueError: If positions or velocities have another unit.
    """
    gone = _outside("players", players, pitch, _BESIDE, _OUTLIERS)
    lost = _outside("ball", ball, pitch, _BALL_BESIDE, _BALLS_OUT)
    examples = [*players[gone][:1], *ball[lost][:1]]
    players[gone], ball[lost] = np.nan, np.nan
    on_pitch = stand_ins(players, ball, time, pitch)
    examples += [*players[on_pitch[0]][:1], *ball[on_pitch[1]][:1]]
    players[on_pitch[0]], ball[on_pitch[1]] = np.nan, np.nan
    gone, lost = gone | on_pitch[0], lost | on_pitch[1]
    fast = _too_fast(velocities)
    velocities[fast] = np.nan
    fast &= ~gone
    check_metres(players, pitch)
    if gone.any() or lost.any() or fast.any():
        _warn(gone, lost, fast, examples)


def far_away(places: np.ndarray, pitch: tuple[float, float]) -> np.ndarray:
    """Mask of the positions of players far beyond the lines."""
    x, y = np.moveaxis(_over(places, pitch, _BESIDE), -1, 0)
    return x | y


def _over(
    places: np.ndarray, pitch: tuple[float, float], beside: float
) -> np.ndarray:
    """Mask of the coordinates far beyond the lines; NaN is not."""
    return np.abs(places) > np.array(pitch) / 2 + beside


def _outside(
    name: str,
    places: np.ndarray,
    pitch: tuple[float, float],
    beside: float,
    most: float,
) -> np.ndarray:
    """Mask of the positions far beyond the lines, if they are few or equal."""
    over = _over(places, pitch, beside)
    far = over[..., 0] | over[..., 1]
    if not far.any():
        return far
    repeated = np.zeros_like(far)
    for axis in (0, 1):
        repeated |= _frequent(places[..., axis], over[..., axis])
    known = ~np.isnan(places).any(-1)
    inside = known & ~far
    others = np.count_nonzero(far & ~repeated)
    many = others > most * np.count_nonzero(known & ~repeated)
    # A file may have no ball but placeholders.
    needed = name == "players" or inside.any()
    few = _different(places[inside]) < _different(places[far & repeated])
    if many or needed and few:
        # A placeholder among them says nothing about the unit.
        told = places[~repeated] if others else places
        refuse(name, told, pitch)
    return far


def _frequent(numbers: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Mask of the most frequent numbers within a mask."""
    values, counts = np.unique(numbers[mask], return_counts=True)
    most = values[np.argsort(-counts, kind="stable")[:_PLACEHOLDERS]]
    return mask & np.isin(numbers, most)


def _different(places: np.ndarray) -> int:
    return len(np.unique(places, axis=0))


def _too_fast(velocities: np.ndarray) -> np.ndarray:
    """Mask of the velocities that are no measurements."""
    known = ~np.isnan(velocities).any(2)
    over = np.abs(velocities) > _FASTEST
    fast = np.hypot(velocities[..., 0], velocities[..., 1]) > _FASTEST
    repeated = np.zeros_like(fast)
    for axis in (0, 1):
        repeated |= _frequent(velocities[..., axis], over[..., axis])
    others = np.count_nonzero(fast & ~repeated)
    if others > max(_TOO_FAST * np.count_nonzero(known), _PLACEHOLDERS):
        speeds = np.linalg.norm(velocities[known & ~repeated], axis=1)
        raise ValueError(
            "`velocities` must be metres per second. Received: speeds up to "
            f"{speeds.max():g}, {np.mean(speeds > _FASTEST):.0%} of them above "
            f"{_FASTEST:g}; divide km/h by 3.6"
        )
    return fast


def _warn(
    gone: np.ndarray,
    lost: np.ndarray,
    fast: np.ndarray,
    examples: list[np.ndarray],
) -> None:
    frames = gone.any(1) | lost | fast.any(1)
    parts = [
        f"{np.count_nonzero(mask)} {what}"
        for mask, what in (
            (gone, "player positions"),
            (lost, "ball positions"),
            (fast, "velocities"),
        )
        if mask.any()
    ]
    such = ""
    if examples:
        x, y = examples[0]
        such = f", such as ({x:g}, {y:g})"
    warnings.warn(
        f"{', '.join(parts)}{such}, in {np.count_nonzero(frames)} of "
        f"{len(frames)} frames, count as unknown: nobody can be there",
        stacklevel=4,
    )
