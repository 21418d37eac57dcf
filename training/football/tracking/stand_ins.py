"""Placeholders of missing positions that lie on the pitch."""

import numpy as np

# Players at exactly the same place in a frame, from which on nobody is there.
_CROWD = 4
# Tolerance of a place, in metres.
_EXACT = 1e-3
# Median way of the players from row to row in metres, above which rows are not
# continuous.
_CONTINUOUS = 3.0
# Ways of a player and of the ball from row to row that are jumps: metres, and
# multiples of the median way of the players.
_JUMP, _TIMES, _BALL_TIMES = 5.0, 5.0, 20.0
# Distance in metres at which a player is near the ball.
_NEAR = 10.0
# Rows without another position that make a place a placeholder.
_ROWS = 10
# Steps of time, relative to their median, above which rows are not neighbours.
_GAP = 5.0


def stand_ins(
    players: np.ndarray,
    ball: np.ndarray,
    time: np.ndarray,
    pitch: tuple[float, float],
) -> tuple[np.ndarray, np.ndarray]:
    """Find placeholders that lie on the pitch.

    - Four or more players at exactly the same place are nowhere.
    - In continuous play, a player at exactly (0, 0), (-1, -1) or a corner of
      the pitch, which is (0, 0) to those who count from there, is nowhere if he
      jumps there and away, or is never elsewhere. Somebody who takes a corner
      or the kick-off runs there, and away. The ball, too, unless a player is
      within 10 m.

    Args:
        players, ball, time, pitch: As in `Tracking`.

    Returns:
        Masks `(frames, n)` and `(frames,)`.
    """
    crowd = _crowds(players)
    balls = np.expand_dims(ball, 1)
    spots = _at_spots(players, pitch) & ~crowd
    ball_spots = _at_spots(balls, pitch)
    if not spots.any() and not ball_spots.any():
        return crowd, np.zeros(len(ball), bool)
    beside = _neighbours(time)
    way = _median_way(players, spots | crowd, beside)
    if not way <= _CONTINUOUS:
        return crowd, np.zeros(len(ball), bool)
    gone = _jumping(players, spots, beside, _JUMP + _TIMES * way)
    lost = _jumping(balls, ball_spots, beside, _JUMP + _BALL_TIMES * way)
    elsewhere = np.where(np.expand_dims(gone | crowd, 2), np.nan, players)
    apart = np.linalg.norm(elsewhere - balls, axis=2)
    return crowd | gone, lost[:, 0] & ~(apart < _NEAR).any(1)


def _crowds(players: np.ndarray) -> np.ndarray:
    """Mask of the players at exactly the place of three or more others."""
    frames, count, _ = players.shape
    crowd = np.zeros((frames, count), bool)
    if count < _CROWD:
        return crowd
    # One number for each place. Sorted, equal places are next to each other.
    place = players[..., 0].astype("complex64")
    place.imag = players[..., 1]
    ordered = np.sort(place, axis=1)
    same = ordered[:, _CROWD - 1 :] == ordered[:, : 1 - _CROWD]
    for frame in np.flatnonzero(same.any(1)):
        values, counts = np.unique(place[frame], return_counts=True)
        many = values[(counts >= _CROWD) & ~np.isnan(values)]
        crowd[frame] = np.isin(place[frame], many)
    return crowd


def _at_spots(places: np.ndarray, pitch: tuple[float, float]) -> np.ndarray:
    """Mask of the positions where placeholders are put."""
    corner = np.array(pitch) / 2
    off = np.minimum.reduce(
        [
            np.abs(places).max(-1),
            np.abs(places + 1).max(-1),
            np.abs(np.abs(places) - corner).max(-1),
        ]
    )
    return off < _EXACT


def _neighbours(time: np.ndarray) -> np.ndarray:
    """Mask `(frames - 1,)`: whether a row continues the one before."""
    steps = np.diff(time)
    forward = steps[steps > 0]
    if not len(forward):
        # Nothing is known of time.
        return np.isnan(steps)
    return (steps > 0) & (steps <= _GAP * np.median(forward))


def _median_way(
    players: np.ndarray, doubtful: np.ndarray, beside: np.ndarray
) -> float:
    """Median way of a player from row to row; NaN without one."""
    way = np.linalg.norm(np.diff(players, axis=0), axis=2)
    way = way[np.expand_dims(beside, 1) & ~(doubtful[1:] | doubtful[:-1])]
    way = way[~np.isnan(way)]
    return float(np.median(way)) if len(way) else np.nan


def _jumping(
    places: np.ndarray, spots: np.ndarray, beside: np.ndarray, limit: float
) -> np.ndarray:
    """Mask of the runs at a spot without a way there and away.

    A run of rows needs a jump at one end, and a jump or nothing at the other.
    """
    way = np.linalg.norm(np.diff(places, axis=0), axis=2)
    known = np.expand_dims(beside, 1) & ~np.isnan(way)
    edge = np.zeros((1, places.shape[1]), bool)
    jumped, walked = known & (way > limit), known & (way <= limit)
    first = spots & ~np.concatenate([edge, spots[:-1]])
    last = spots & ~np.concatenate([spots[1:], edge])
    found = np.zeros_like(spots)
    for column in np.flatnonzero(spots.any(0)):
        starts = np.flatnonzero(first[:, column])
        ends = np.flatnonzero(last[:, column])
        there = ~np.isnan(places[:, column, 0])
        never = spots[there, column].all() and there.sum() >= _ROWS
        for start, end in zip(starts, ends, strict=True):
            before = (start - 1, column) if start else None
            after = (end, column) if end < len(way) else None
            ways = [at for at in (before, after) if at is not None]
            jumps = any(jumped[at] for at in ways)
            walks = any(walked[at] for at in ways)
            found[start : end + 1, column] = never or jumps and not walks
    return found
