"""Who has the ball, from its path and what a model says of each frame."""

from typing import NamedTuple

import numpy as np

from convzoo.training.football.tracking.kept_columns import kept_columns
from convzoo.training.football.tracking.tracking import Tracking

# Weight of the logarithm of a model's probability: the path follows from the
# same probabilities.
_TEMPERED = 0.5
_TINY = 1e-3
# Standard deviation in metres of the distance between a ball and its carrier.
_REACH = 1.0
# Seconds before and after a frame over which evidence is summed.
_AROUND = 0.4


class Carriers(NamedTuple):
    """Who has the ball.

    Attributes:
        carrier: Indices `(frames,)` of the most likely carriers; -1 where no
            player is visible.
        certainty: Their probabilities `(frames,)`, NaN where `carrier` is -1.
        team: Probabilities `(frames,)` that the carrier is in team 1, NaN where
            `carrier` is -1.
    """

    carrier: np.ndarray
    certainty: np.ndarray
    team: np.ndarray


def followed_carriers(
    tracking: Tracking,
    times: np.ndarray,
    runs: np.ndarray,
    radius: np.ndarray,
    carrier: np.ndarray | None,
    causal: bool,
) -> Carriers:
    """Find the carriers along the path of a ball.

    Players are followed where columns do not keep them, see `kept_columns`.

    Args:
        tracking: A `Tracking` whose ball is filled.
        times, runs: Times `(frames,)` in seconds and runs of play `(frames,)`.
        radius: Radii `(frames,)` in metres that hold the ball in half of the
            cases, 0 where it is known.
        carrier: Probabilities `(frames, n)` of a model, NaN in frames that it
            did not see; None without any.
        causal: Whether a frame sees earlier frames only.
    """
    seen = ~np.isnan(tracking.players[:, :, 0])
    ways = tracking.players - np.expand_dims(tracking.ball, 1)
    squares = np.nan_to_num((ways**2).sum(axis=2))
    variance = _REACH**2 + np.nan_to_num(radius) ** 2
    scores = -squares / (2 * np.expand_dims(variance, 1))
    if carrier is not None:
        logs = np.log(np.nan_to_num(carrier, nan=1.0) + _TINY)
        scores = scores + _TEMPERED * logs
    columns = kept_columns(tracking, times, runs)
    # Invisible players are nobody.
    player = columns.kept(np.where(seen, columns.player, -1))
    scores = _summed(columns.kept(scores), player, times, runs, causal)
    scores = np.where(seen, columns.given(scores), -np.inf)
    somebody = seen.any(axis=1) & ~np.isnan(tracking.ball[:, 0])
    highest = np.where(somebody, scores.max(axis=1), 0)
    odds = np.exp(scores - np.expand_dims(highest, 1))
    odds /= np.maximum(odds.sum(axis=1, keepdims=True), 1e-30)
    who = odds.argmax(axis=1)
    of_team = (odds * tracking.team).sum(axis=1)
    return Carriers(
        np.where(somebody, who, -1),
        np.where(somebody, odds[np.arange(len(who)), who], np.nan),
        np.where(somebody, of_team, np.nan),
    )


def _summed(
    scores: np.ndarray,
    player: np.ndarray,
    times: np.ndarray,
    runs: np.ndarray,
    causal: bool,
) -> np.ndarray:
    """Means of the scores of a player over the frames around."""
    total, count = scores.copy(), np.ones_like(scores)
    for shift in range(1, len(scores)):
        before, after = slice(None, -shift), slice(shift, None)
        seconds = times[after] - times[before]
        near = (runs[after] == runs[before]) & (seconds <= _AROUND + 1e-6)
        if not near.any():
            break
        same = (player[after] == player[before]) & (player[after] >= 0)
        same &= np.expand_dims(near, 1)
        total[after] += np.where(same, scores[before], 0)
        count[after] += same
        if not causal:
            total[before] += np.where(same, scores[after], 0)
            count[before] += same
    return total / count
