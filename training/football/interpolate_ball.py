"""Interpolation of the ball over time, without a model."""

import numpy as np

from convzoo.common.checks import check_positive
from convzoo.training.football.tracking.runs_of_play import (
    frame_times,
    runs_of_play,
)
from convzoo.training.football.tracking.tracking import Tracking


def interpolate_ball(tracking: Tracking, nodes: int = 1) -> np.ndarray:
    """Fill missing balls with polynomials over time.

    The polynomial of a missing ball goes through the nearest known balls of the
    same run of play, see `runs_of_play`, up to `nodes` before and `nodes` after
    it. One on each side are a straight line, two a cubic; where a side has
    fewer, the degree is lower.

    Args:
        tracking: A `Tracking`.
        nodes: Number of known balls on each side.

    Returns:
        Balls `(frames, 2)`; NaN where no ball is known before or after.

    Raises:
        ValueError: If `nodes` is not positive.
    """
    check_positive("nodes", nodes)
    known = np.flatnonzero(tracking.has_ball)
    missing = np.flatnonzero(~tracking.has_ball)
    ball = tracking.ball.astype("float64")
    if not len(known):
        return ball
    # Places in `known` of the nodes `(2 * nodes, missing)`.
    around = np.arange(-nodes, nodes).reshape(-1, 1)
    place = np.searchsorted(known, missing) + around
    node = known[place.clip(0, len(known) - 1)]
    run, times = runs_of_play(tracking), frame_times(tracking)
    there = (place >= 0) & (place < len(known)) & (run[node] == run[missing])
    weights = _lagrange(times[missing], times[node], there)
    weights[:, ~(there[:nodes].any(axis=0) & there[nodes:].any(axis=0))] = (
        np.nan
    )
    ball[missing] = (np.expand_dims(weights, 2) * ball[node]).sum(axis=0)
    return ball


def _lagrange(
    time: np.ndarray, node: np.ndarray, there: np.ndarray
) -> np.ndarray:
    """Weights `(nodes, n)` of the values at the nodes that are there."""
    weights = there.astype("float64")
    for one in range(len(node)):
        for other in range(len(node)):
            if other != one:
                both = there[one] & there[other]
                weights[one] *= np.divide(
                    time - node[other],
                    node[one] - node[other],
                    out=np.ones_like(time),
                    where=both,
                )
    return weights
