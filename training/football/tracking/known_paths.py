"""Paths of the ball through the frames in which it is known."""

from typing import NamedTuple

import numpy as np

# Longest step in seconds over which two known balls give a velocity.
_NEAR = 0.5
# Longest time in seconds for which a ball goes on as it went.
_AHEAD, _BETWEEN = 1.0, 2.0


class KnownPaths(NamedTuple):
    """Two paths at some times.

    Attributes:
        curve, line: Positions `(frames, 2)` in metres, NaN where no ball is
            known.
        curve_velocity, line_velocity: Velocities `(frames, 2)` in metres per
            second.
        since, until: Seconds `(frames,)` since the last and until the next
            known ball; infinite without one.
    """

    curve: np.ndarray
    line: np.ndarray
    curve_velocity: np.ndarray
    line_velocity: np.ndarray
    since: np.ndarray
    until: np.ndarray


def known_paths(
    times: np.ndarray, ball: np.ndarray, at: np.ndarray, causal: bool = False
) -> KnownPaths:
    """Paths through the known balls of a run of play.

    Between two known balls, `line` is straight, and `curve` is a cubic with
    the velocities at its ends, which act for two seconds at most. Before the
    first and after the last, or after each with `causal`, `line` stands still
    and `curve` goes on for a second.

    Args:
        times: Times `(balls,)` in seconds, increasing.
        ball: Positions `(balls, 2)`, NaN where unknown.
        at: Times `(frames,)` of the paths.
        causal: Whether balls after a time are unknown to it.
    """
    known = ~np.isnan(ball).any(axis=1)
    times, ball = times[known], ball[known].astype("float64")
    unknown = np.full((len(at), 2), np.nan)
    never = np.full(len(at), np.inf)
    if not len(times):
        return KnownPaths(unknown, unknown, unknown, unknown, never, never)
    last = np.searchsorted(times, at, side="right") - 1
    following = np.searchsorted(times, at, side="left")
    has_last = last >= 0
    has_next = (following < len(times)) & (not causal)
    last, following = last.clip(0), following.clip(0, len(times) - 1)
    since = np.where(has_last, at - times[last], np.inf)
    until = np.where(has_next, times[following] - at, np.inf)
    before, after = _velocities(times, ball)
    paths = [
        _one_sided(ball[last], before[last], since),
        _one_sided(ball[following], after[following], -until),
        _between(
            ball[last], before[last], since, ball[following], after[following],
            until,
        ),
    ]  # fmt: skip
    kind = np.where(has_last & has_next, 2, np.where(has_last, 0, 1))
    # The ball itself, where it is known.
    kind = np.where(since == 0, 0, kind)
    none = ~has_last & ~has_next
    chosen = [
        np.where(
            np.expand_dims(none, 1),
            np.nan,
            np.choose(np.expand_dims(kind, 1), parts),
        )
        for parts in zip(*paths, strict=True)
    ]
    curve, line, curve_velocity, line_velocity = chosen
    return KnownPaths(curve, line, curve_velocity, line_velocity, since, until)


def _velocities(
    times: np.ndarray, ball: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Velocities at each known ball from the one before and the one after."""
    steps = np.diff(times)
    near = (steps > 0) & (steps <= _NEAR)
    slopes = np.diff(ball, axis=0) / np.expand_dims(np.maximum(steps, 1e-9), 1)
    slopes = np.where(np.expand_dims(near, 1), slopes, np.nan)
    unknown = np.full((1, 2), np.nan)
    return np.concatenate([unknown, slopes]), np.concatenate([slopes, unknown])


def _one_sided(
    ball: np.ndarray, velocity: np.ndarray, seconds: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Curve, line and their velocities, seconds after one known ball."""
    velocity = np.nan_to_num(velocity)
    ahead = np.expand_dims(seconds.clip(-_AHEAD, _AHEAD), 1)
    return ball + velocity * ahead, ball, velocity, np.zeros_like(ball)


def _between(
    start: np.ndarray,
    before: np.ndarray,
    since: np.ndarray,
    end: np.ndarray,
    after: np.ndarray,
    until: np.ndarray,
) -> tuple[np.ndarray, ...]:
    """Curve, line and their velocities between two known balls."""
    whole = np.where(np.isfinite(since + until), since + until, 1)
    whole = np.expand_dims(np.maximum(whole, 1e-9), 1)
    share = np.where(np.isfinite(since), since, 0)
    share = np.expand_dims(share, 1) / whole
    way = end - start
    acting = np.minimum(whole, _BETWEEN)
    leaving, arriving = (
        np.where(np.isnan(each), way, each * acting) for each in (before, after)
    )
    line = start + share * way
    # A cubic Hermite spline, as its deviation from the line.
    first, second = leaving - way, arriving - way
    rest = 1 - share
    curve = line + share * rest * (rest * first - share * second)
    slope = way + rest * (1 - 3 * share) * first
    slope = slope - share * (2 - 3 * share) * second
    return curve, line, slope / whole, way / whole
