"""What is known of players on a pitch, and of pairs of them, as numbers."""

from typing import NamedTuple

from keras import ops

from convzoo.common.types import Tensor

PAIR_FEATURES = 11
# Metres and metres a second by which features are divided, to be about 1.
_LENGTH = 30.0
_STEP = 5.0
SPEED = 5.0
# Metres within which a neighbour is near.
_REACHES = (2.0, 8.0)


class Known(NamedTuple):
    """Of one frame, or of several: `(batch, n, ...)` or `(batch, frames, n,
    ...)`; 0 where something is not known.

    Attributes:
        places: `(..., 2)`, metres.
        velocities: `(..., 2)`, metres a second.
        sign: `(..., 1)`, -1 or 1 by the team, 0 for a missing player.
        seen: `(..., 1)`, 1 for the players who are there, else 0.
        moving: `(..., 1)`, 1 for those whose velocity is known, else 0.
    """

    places: Tensor
    velocities: Tensor
    sign: Tensor
    seen: Tensor
    moving: Tensor

    @property
    def newest(self) -> "Known":
        return Known(*[array[:, -1] for array in self])


def cleaned(players: Tensor, velocities: Tensor | None, team: Tensor) -> Known:
    """What is `Known` of all frames.

    Args:
        players: `(batch, frames, n, 2)` metres, NaN where a player is missing.
        velocities: of the same shape, metres a second, NaN where not known;
            None where none is.
        team: `(batch, n)`, 0 or 1.
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
    """Channels of `player_features`."""
    return 10 + 6 * (frames - 1)


def player_features(known: Known) -> Tensor:
    """Of each player, of the newest frame and how he came there: `(batch, n,
    channels)`.
    """
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
    """Of each pair (i, j) what j is to i, `(batch, n, n, PAIR_FEATURES)`, and
    whether the pair counts, `(batch, n, n, 1)`: both are there, and are two.
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
        _of_both(sign),
        _of_both(moving),
    ]
    itself = ops.eye(ops.shape(places)[1], dtype=places.dtype)
    itself = ops.expand_dims(ops.expand_dims(itself, 0), 3)
    return ops.concatenate(features, axis=3), _of_both(seen) * (1 - itself)


def _to_others(vectors: Tensor) -> Tensor:
    return ops.expand_dims(vectors, 1) - ops.expand_dims(vectors, 2)


def _of_both(values: Tensor) -> Tensor:
    return ops.expand_dims(values, 2) * ops.expand_dims(values, 1)


def _dot(first: Tensor, second: Tensor) -> Tensor:
    return ops.sum(first * second, axis=3, keepdims=True)


def _length(vectors: Tensor) -> Tensor:
    """With a gradient where it is 0."""
    squares = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
    return ops.sqrt(squares + 1e-6)


def _numbers(vectors: Tensor) -> Tensor:
    """1 where a vector is one, else 0, in place of its two entries."""
    known = ops.logical_not(ops.any(ops.isnan(vectors), axis=-1, keepdims=True))
    return ops.cast(known, vectors.dtype)


def _where(known: Tensor, vectors: Tensor) -> Tensor:
    return ops.where(known > 0, vectors, ops.zeros_like(vectors))
