"""Rendering of players on a pitch, without the ball."""

import numpy as np
from numpy.typing import ArrayLike

from convzoo.training.football.drawing.pitch_view import PitchView

# Radius of a player, and half the width of the velocity marker, in metres.
_RADIUS = 0.9
_MARKER = 0.25
# Duration of the run that a velocity marker shows, in seconds, and limits of
# its length, in metres.
_SECONDS = 0.5
_SHORTEST, _LONGEST = 1.6, 4.0
_DARK = 0.1


def render_pitch(
    players: ArrayLike,
    team: ArrayLike,
    velocities: ArrayLike | None = None,
    view: PitchView | None = None,
) -> np.ndarray:
    """Render players from above, as discs in the colour of their team.

    A dark marker points in the direction of the velocity, longer at a higher
    speed. Standing players, and players with unknown velocities, have none.

    Args:
        players: Positions `(frames, n, 2)` in metres from the centre spot; NaN
            for missing players.
        team: Teams `(frames, n)`, 0 or 1.
        velocities: Velocities `(frames, n, 2)` in metres per second; NaN where
            unknown. None if all are unknown.
        view: A `PitchView`. None for the default.

    Returns:
        Images `(frames, rows, columns, 3)`, float32 in [0, 1].

    Raises:
        ValueError: If arrays have other shapes, or teams other values.
    """
    view = PitchView() if view is None else view
    players = np.asarray(players, "float32")
    if velocities is None:
        velocities = np.full_like(players, np.nan)
    velocities = np.asarray(velocities, "float32")
    team = np.asarray(team)
    _check(players, team, velocities)
    scale = view.pixels_per_metre
    places = view.pixels(players)
    tips = _tips(velocities) * scale * np.array([1, -1], "float32")
    side = 2 * int(np.ceil((_LONGEST + _MARKER) * scale + 1)) + 1
    rows, columns = view.size
    # A border of one patch avoids clipping at the edges.
    border = ((side, side), (side, side), (0, 0))
    empty = np.pad(view.empty, border)
    pictures = np.repeat(np.expand_dims(empty, 0), len(players), axis=0)
    colors = np.array(view.teams, "float32")
    for index in range(players.shape[1]):
        _draw(
            pictures,
            places[:, index],
            tips[:, index],
            colors[team[:, index].astype(int)],
            side,
            scale,
        )
    return pictures[:, side : side + rows, side : side + columns]


def _draw(
    pictures: np.ndarray,
    places: np.ndarray,
    tips: np.ndarray,
    colors: np.ndarray,
    side: int,
    scale: float,
) -> None:
    """Draw one player in each image."""
    beside = np.array(pictures.shape[2:0:-1]) - 2 * side
    seen = (places > -side / 2).all(1) & (places < beside + side / 2).all(1)
    frames = np.flatnonzero(seen)
    places, tips, colors = places[frames], tips[frames], colors[frames]
    corner = np.floor(places).astype(int) - side // 2
    steps = np.arange(side)
    # Offsets `(frames, side)` of pixel centres from the centre of a player.
    x, y = (
        np.expand_dims(corner[:, axis] + 0.5 - places[:, axis], 1) + steps
        for axis in (0, 1)
    )
    x, y = np.expand_dims(x, 1), np.expand_dims(y, 2)
    disc = _RADIUS * scale - np.hypot(x, y)
    marker = _MARKER * scale - _to_segments(x, y, tips)
    patch = (
        frames.reshape(-1, 1, 1),
        np.expand_dims(corner[:, 1:] + steps + side, 2),
        np.expand_dims(corner[:, :1] + steps + side, 1),
    )
    area = pictures[patch]
    area = _painted(area, disc, colors.reshape(-1, 1, 1, 3))
    pictures[patch] = _painted(area, marker, np.float32(_DARK))


def _painted(
    area: np.ndarray, depth: np.ndarray, color: np.ndarray | np.float32
) -> np.ndarray:
    """Blend in a colour, at depths in pixels from an edge inwards."""
    cover = np.expand_dims(np.clip(depth + 0.5, 0, 1), 3)
    return area + cover * (color - area)


def _tips(velocities: np.ndarray) -> np.ndarray:
    """Ends of velocity markers, in metres from the player; NaN for none."""
    speed = np.linalg.norm(velocities, axis=2, keepdims=True)
    length = np.clip(_SECONDS * speed, _SHORTEST, _LONGEST)
    ways = velocities / np.where(speed > 0, speed, np.nan)
    return (ways * length).astype("float32")


def _to_segments(x: np.ndarray, y: np.ndarray, tips: np.ndarray) -> np.ndarray:
    """Distances from the segments between origin and tips; else infinite."""
    along, up = (tips[:, axis].reshape(-1, 1, 1) for axis in (0, 1))
    squares = along**2 + up**2
    part = np.clip((x * along + y * up) / squares, 0, 1)
    distance = np.hypot(x - part * along, y - part * up)
    return np.where(np.isnan(distance), np.inf, distance)


def _check(
    players: np.ndarray, team: np.ndarray, velocities: np.ndarray
) -> None:
    if players.ndim != 3 or players.shape[2] != 2:
        raise ValueError(
            "`players` must have the shape (frames, n, 2). "
            f"Received: players of shape {players.shape}"
        )
    for name, array, shape in (
        ("team", team, players.shape[:2]),
        ("velocities", velocities, players.shape),
    ):
        if array.shape != shape:
            raise ValueError(
                f"`{name}` must have the shape {shape}, as `players` has it. "
                f"Received: {name} of shape {array.shape}"
            )
    if not np.isin(team, (0, 1)).all():
        raise ValueError(
            f"`team` must be 0 or 1. Received: {np.unique(team).tolist()}"
        )
