"""A gradient boosting baseline for the carrier of the ball.

Friedman 2001, Greedy Function Approximation: A Gradient Boosting Machine,
https://doi.org/10.1214/aos/1013203451.

What differs from the paper: the trees of scikit-learn split on histograms, and
learn a branch for missing values.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from keras import ops

from convzoo.common.checks import check_positive
from convzoo.training.football.ball_quality import nearest_players
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_read_outs import Cloud, geometric_median

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

# Maximum number of training frames; consecutive frames are redundant.
_FRAMES = 8000
# Number of frames per chunk, whose pairs of players fit into a CPU cache.
_CHUNK = 256
# Number of nearest team-mates, and of nearest opponents.
_NEAREST = 4
# Speed in metres per second below which a direction is mostly noise.
_STILL = 0.3
# Decay lengths of the weights of other players, in metres.
_AROUND, _FAR = 10.0, 25.0
# Decay lengths of the distance at which others would pass, in metres.
_BESIDE = (3.0, 8.0)
# Upper bound of predicted probabilities, to keep the odds finite.
_SURE = 1 - 1e-6


def gradient_boosting(
    learned: Tracking, game: Tracking, trees: int = 150, seed: int = 0
) -> dict[str, np.ndarray]:
    """Predict the ball with gradient-boosted trees over players.

    The features of a player are invariant to the order of the players and to
    the direction of play: position and velocity relative to the direction of
    attack, distances to other players, and their motion towards the player. The
    trees classify whether a player is nearest to the ball. The normalized odds
    of the players of a frame are the carrier probabilities; their geometric
    median is the position.

    Args:
        learned: A `Tracking` with training frames. At most 8000 frames with a
            ball, evenly spaced, are used.
        game: A `Tracking` with the frames to predict.
        trees: Number of trees.
        seed: Random seed of scikit-learn.

    Returns:
        A dictionary as from `BallPositionPredictor`: `position`, `(frames, 2)`
        in metres, the centre spot without visible players; and `carrier`,
        `(frames, n)`.

    Raises:
        ValueError: If scikit-learn is missing, or an argument is invalid.
    """
    check_positive("trees", trees)
    classifier = _classifier(max_iter=trees, random_state=seed)
    learned = learned[learned.has_ball & (_seen(learned).sum(axis=1) > 1)]
    if not len(learned):
        raise ValueError(
            "`learned` must have a frame with a ball and two players. "
            "Received: none"
        )
    learned = learned[:: (len(learned) + _FRAMES - 1) // _FRAMES]
    features = _numbers(learned)
    # A feature that is always missing would have an empty histogram.
    known = ~np.isnan(features).all(axis=0)
    players = np.arange(learned.players.shape[1])
    has_ball = players == np.expand_dims(nearest_players(learned), 1)
    classifier.fit(features[:, known], has_ball[_seen(learned)])
    scores = classifier.predict_proba(_numbers(game)[:, known])[:, 1]
    return _outputs(game, np.minimum(scores, _SURE))


def _classifier(**arguments: Any) -> "HistGradientBoostingClassifier":
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError as error:
        raise ValueError(
            "gradient boosting needs the package scikit-learn; "
            "pip install convzoo[football]"
        ) from error
    # Tuned on held-out training frames: positives are rare, and many features
    # are correlated. Early stopping would hold out some of the frames.
    return HistGradientBoostingClassifier(
        early_stopping=False,
        min_samples_leaf=60,
        max_features=0.3,
        **arguments,
    )


def _outputs(game: Tracking, scores: np.ndarray) -> dict[str, np.ndarray]:
    seen = _seen(game)
    carrier = np.zeros(seen.shape, "float32")
    # The probability that one player alone has the ball is proportional to the
    # odds p / (1 - p), since the product of 1 - p over all is common.
    carrier[seen] = scores / (1 - scores)
    carrier /= np.maximum(carrier.sum(axis=1, keepdims=True), 1e-30)
    alone = ~seen.any(axis=1, keepdims=True)
    cloud = Cloud(
        ops.convert_to_tensor(np.nan_to_num(game.players)),
        ops.convert_to_tensor(carrier + alone / np.float32(seen.shape[1])),
    )
    position = geometric_median([cloud])
    return {"position": ops.convert_to_numpy(position), "carrier": carrier}


def _seen(game: Tracking) -> np.ndarray:
    return ~np.isnan(game.players[:, :, 0])


def _numbers(game: Tracking) -> np.ndarray:
    """Features `(seen, features)` of the visible players."""
    chunks = [game[i : i + _CHUNK] for i in range(0, len(game), _CHUNK)]
    return np.concatenate(
        [_numbers_of_all(chunk)[_seen(chunk)] for chunk in chunks]
    )


def _numbers_of_all(game: Tracking) -> np.ndarray:
    """Features `(frames, n, features)` of all players."""
    seen = _seen(game)
    both = np.expand_dims(seen, 2) & np.expand_dims(seen, 1)
    mates = np.expand_dims(game.team, 2) == np.expand_dims(game.team, 1)
    others = both & ~np.eye(seen.shape[1], dtype=bool)
    sides = (others & mates, others & ~mates)
    signs = _signs(game.players, both & mates, both & ~mates)
    pairs = _pairs(game.players, game.velocities)
    columns = [
        *_own(game, signs),
        *_from_middles(game, (*sides, others), signs),
        *_ranks(game, sides, others, signs),
    ]
    for side in sides:
        columns += _beside_velocities(game.velocities, side, signs)
        columns += _nearest(game.players, pairs, side, signs)
        columns += _runs(pairs, side)
    return np.stack(columns, axis=2).astype("float32")


def _signs(
    players: np.ndarray, own: np.ndarray, rivals: np.ndarray
) -> np.ndarray:
    """Signs `(frames, n, 2)` of x towards attack and of y outwards.

    Attack is towards the opponents; without visible opponents, outwards.
    """
    x, y = np.moveaxis(players, 2, 0)
    ahead = _mean(rivals, x) - _mean(own, x)
    ahead = np.where(np.isnan(ahead), x, ahead)
    return np.stack([np.where(ahead < 0, -1, 1), np.where(y < 0, -1, 1)], 2)


def _own(game: Tracking, signs: np.ndarray) -> list[np.ndarray]:
    ahead, outwards = np.moveaxis(game.players * signs, 2, 0)
    velocity = np.moveaxis(game.velocities * signs, 2, 0)
    speed = np.linalg.norm(game.velocities, axis=2)
    return [ahead, outwards, np.abs(ahead), *velocity, speed]


def _from_middles(
    game: Tracking, groups: Sequence[np.ndarray], signs: np.ndarray
) -> list[np.ndarray]:
    """Positions relative to group means and to the centre of the bounding box.

    A camera may point at the centre of the bounding box.
    """
    columns: list[np.ndarray] = []
    for group in groups:
        way = (game.players - _mean_vector(group, game.players)) * signs
        columns += [*np.moveaxis(way, 2, 0), np.linalg.norm(way, axis=2)]
    unseen = np.isnan(game.players)
    low = np.where(unseen, np.inf, game.players).min(1, keepdims=True)
    high = np.where(unseen, -np.inf, game.players).max(1, keepdims=True)
    # Without visible players, the bounds are infinite.
    low, high = np.where(low > high, np.nan, (low, high))
    way = (game.players - (low + high) / 2) * signs
    return [*columns, *np.moveaxis(way, 2, 0)]


def _ranks(
    game: Tracking,
    sides: Sequence[np.ndarray],
    others: np.ndarray,
    signs: np.ndarray,
) -> list[np.ndarray]:
    """Fractions of players who are farther back, farther in, or slower."""
    x, y = np.moveaxis(game.players, 2, 0)
    forwards, outwards = np.moveaxis(signs, 2, 0)
    speed = np.linalg.norm(game.velocities, axis=2)
    return [
        *(_rank(x, side, forwards) for side in sides),
        _rank(y, others, outwards),
        _rank(speed, sides[0]),
        _rank(speed, others),
    ]


def _beside_velocities(
    velocities: np.ndarray, side: np.ndarray, signs: np.ndarray
) -> list[np.ndarray]:
    """Mean velocity of a side, and the velocity relative to it."""
    mean = _mean_vector(side, velocities) * signs
    own = velocities * signs - mean
    return [*np.moveaxis(mean, 2, 0), *np.moveaxis(own, 2, 0)]


class _Pairs(NamedTuple):
    """Relations `(frames, i, j)` of player j to player i.

    Attributes:
        distance: Distance in metres.
        speed: Speed of j in metres per second.
        towards: Component of the velocity of j towards i.
        cosine: Cosine of the angle between the velocity of j and the direction
            to i.
        beside: Distance in metres at which j would pass i.
    """

    distance: np.ndarray
    speed: np.ndarray
    towards: np.ndarray
    cosine: np.ndarray
    beside: np.ndarray


def _pairs(players: np.ndarray, velocities: np.ndarray) -> _Pairs:
    way = np.expand_dims(players, 2) - np.expand_dims(players, 1)
    distance = np.linalg.norm(way, axis=3)
    velocity = np.expand_dims(velocities, 1)
    speed = np.linalg.norm(velocity, axis=3)
    towards = (way * velocity).sum(axis=3) / np.maximum(distance, 0.5)
    across = way[..., 0] * velocity[..., 1] - way[..., 1] * velocity[..., 0]
    moving = np.maximum(speed, _STILL)
    return _Pairs(
        distance,
        np.broadcast_to(speed, distance.shape),
        towards,
        towards / moving,
        np.abs(across) / moving,
    )


def _nearest(
    players: np.ndarray, pairs: _Pairs, side: np.ndarray, signs: np.ndarray
) -> list[np.ndarray]:
    """Distances to the nearest players; position and motion of the nearest."""
    distances = np.where(side, pairs.distance, np.inf)
    padding = (0, 0), (0, 0), (0, _NEAREST)
    near = np.sort(np.pad(distances, padding, constant_values=np.inf), axis=2)
    near = np.where(np.isinf(near), np.nan, near)
    index = np.expand_dims(distances.argmin(axis=2), 2)
    nobody = ~side.any(axis=2)
    way = (np.take_along_axis(players, index, axis=1) - players) * signs
    columns = [*np.moveaxis(way, 2, 0)]
    for array in (pairs.towards, pairs.cosine):
        columns.append(np.take_along_axis(array, index, axis=2)[:, :, 0])
    return [
        *np.moveaxis(near, 2, 0)[:_NEAREST],
        *(np.where(nobody, np.nan, column) for column in columns),
    ]


def _runs(pairs: _Pairs, side: np.ndarray) -> list[np.ndarray]:
    """Weighted means of how others run towards a player."""
    around = np.exp(-pairs.distance / _AROUND)
    pace = np.square(pairs.speed)
    columns = [
        _mean(side, pairs.towards),
        _mean(side, pairs.towards, around),
        _mean(side, pairs.cosine, around),
        _mean(side, pairs.cosine, pace),
        _mean(side, pairs.cosine, pace * np.exp(-pairs.distance / _FAR)),
    ]
    nearing = pairs.speed * (pairs.towards > 0)
    for metres in _BESIDE:
        at_him = nearing * np.exp(-pairs.beside / metres)
        columns.append(_mean(side, at_him))
    return columns


def _rank(
    values: np.ndarray, group: np.ndarray, sign: np.ndarray | None = None
) -> np.ndarray:
    """Fraction `(frames, n)` of a group with a smaller value.

    Where the sign is negative, the fraction with a larger value.
    """
    more = np.expand_dims(values, 2) - np.expand_dims(values, 1)
    if sign is not None:
        more = more * np.expand_dims(sign, 2)
    return _mean(group, np.where(np.isnan(more), np.nan, more > 0))


def _mean(
    group: np.ndarray, values: np.ndarray, weights: np.ndarray | float = 1.0
) -> np.ndarray:
    """Weighted mean `(frames, i)` over a group of players j.

    `values` are `(frames, j)` or `(frames, i, j)`; the mean is NaN if all are
    unknown.
    """
    values = np.broadcast_to(
        np.expand_dims(values, 1) if values.ndim == 2 else values, group.shape
    )
    weights = np.where(group & ~np.isnan(values), weights, 0)
    total = weights.sum(axis=2)
    mean = (weights * np.nan_to_num(values)).sum(axis=2)
    return np.where(total > 0, mean / np.maximum(total, 1e-12), np.nan)


def _mean_vector(group: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    return np.stack([_mean(group, vectors[:, :, i]) for i in (0, 1)], axis=2)
