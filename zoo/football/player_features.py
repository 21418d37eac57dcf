"""Features of players on a pitch, and of pairs of players."""

from typing import NamedTuple

from keras import ops

from convzoo.common.types import Tensor

PAIR_FEATURES = 11
# Scales that bring features to about 1: positions and displacements in metres,
# speed in metres per second.
_LENGTH = 30.0
_STEP = 5.0
SPEED = 5.0
# Decay lengths of proximity features, in metres.
_REACHES = (2.0, 8.0)


class Known(NamedTuple):
    """Players with masks instead of NaN; unknown values are 0.

    Arrays are `(batch, n, ...)` for one frame, and `(batch, frames, n, ...)`
    for several.

    Attributes:
        places: Positions `(..., 2)` in metres.
        velocities: Velocities `(..., 2)` in metres per second.
        sign: Team `(..., 1)`: -1 or 1; 0 for a missing player.
        seen: Mask `(..., 1)` of the players who are present.
        moving: Mask `(..., 1)` of the known velocities.
    """

    places: Tensor
    velocities: Tensor
    sign: Tensor
    seen: Tensor
    moving: Tensor

    @property
    def newest(self) -> "Known":
        """The last frame."""
        return Known(*[array[:, -1] for array in self])


def cleaned(players: Tensor, velocities: Tensor | None, team: Tensor) -> Known:
    """Convert inputs with NaN to `Known`.

    Args:
        players: Positions `(batch, frames, n, 2)` in metres; NaN for missing
            players.
        velocities: Velocities of the same shape in metres per second; NaN where
            unknown. None if all are unknown.
        team: Teams `(batch, n)`, 0 or 1.
    """
    seen = _numbers(players)
    if velocities is None:
        velocities = ops.zeros_like(players)
        moving = ops.zeros_like(seen)
    else:
        moving = _numbers(velocities) * seen
    sign = 2 * ops.cast(team, players.dtype) - 1
    sign = ops.expand_dims(ops.expand_dims(sign, 1), 3) * seen
    return Known(
        _where(seen, players), _where(moving, velocities), sign, seen, moving
    )


def num_player_features(frames: int) -> int:
    """Number of channels of `player_features`."""
    return 10 + 6 * (frames - 1)


def player_features(known: Known) -> Tensor:
    """Features `(batch, n, channels)` of players, including their past."""
    newest = known.newest
    scaled = newest.velocities / SPEED
    features = [
        newest.places / _LENGTH,
        ops.square(newest.places / _LENGTH),
        scaled,
        _length(scaled),
        newest.sign,
        newest.seen,
        newest.moving,
    ]
    for frame in range(known.places.shape[1] - 1):
        then = Known(*[array[:, frame] for array in known])
        both = then.seen * newest.seen
        features += [
            (then.places - newest.places) * both / _STEP,
            then.velocities / SPEED,
            both,
            then.moving,
        ]
    return ops.concatenate(features, axis=2)


def pair_features(newest: Known) -> tuple[Tensor, Tensor]:
    """Features of pairs of players.

    Returns:
        Features `(batch, n, n, PAIR_FEATURES)` of player j relative to player
        i; and the mask `(batch, n, n, 1)` of pairs of two present players.
    """
    places, velocities, sign, seen, moving = newest
    way = _to_others(places)
    distance = _length(way)
    direction = way / (distance + 0.1)
    own = ops.expand_dims(velocities, 2) / SPEED
    other = ops.expand_dims(velocities, 1) / SPEED
    features = [
        way / _LENGTH,
        distance / _LENGTH,
        *[ops.exp(-distance / reach) for reach in _REACHES],
        _dot(own, direction),
        _dot(other, -direction),
        other - own,
        _products(sign),
        _products(moving),
    ]
    itself = ops.eye(ops.shape(places)[1], dtype=places.dtype)
    itself = ops.expand_dims(ops.expand_dims(itself, 0), 3)
    return ops.concatenate(features, axis=3), _products(seen) * (1 - itself)


def _to_others(vectors: Tensor) -> Tensor:
    return ops.expand_dims(vectors, 1) - ops.expand_dims(vectors, 2)


def _products(values: Tensor) -> Tensor:
    return ops.expand_dims(values, 2) * ops.expand_dims(values, 1)


def _dot(first: Tensor, second: Tensor) -> Tensor:
    return ops.sum(first * second, axis=3, keepdims=True)


def _length(vectors: Tensor) -> Tensor:
    """Lengths of vectors, with a finite gradient at 0."""
    squares = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
    return ops.sqrt(squares + 1e-6)


def _numbers(vectors: Tensor) -> Tensor:
    """Masks `(..., 1)` of vectors `(..., 2)` without NaN."""
    known = ops.logical_not(ops.any(ops.isnan(vectors), axis=-1, keepdims=True))
    return ops.cast(known, vectors.dtype)


def _where(known: Tensor, vectors: Tensor) -> Tensor:
    return ops.where(known > 0, vectors, ops.zeros_like(vectors))
