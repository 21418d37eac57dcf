"""Velocities of files with times and positions only."""

import numpy as np

from convzoo.training.football.tracking.checked_arrays import measured
from convzoo.training.football.tracking.kept_columns import kept_columns
from convzoo.training.football.tracking.running_velocities import (
    LARGEST_STEP,
    running_velocities,
)
from convzoo.training.football.tracking.tracking import Tracking

# Median step of times, and median speed over it, that no seconds have: nobody
# stands still in a game.
_LONG_STEP, _SLOWEST = 5.0, 0.05


def with_timed_velocities(tracking: Tracking) -> Tracking:
    """Estimate velocities by `running_velocities`, if a file has none.

    Times must be in seconds. Windows do not cross gaps of more than 0.5 s,
    repeated times and jumps back; nor do they where times are unknown. Players
    are followed where columns do not keep them, see `kept_columns`. Speeds
    above 15 m/s count as unknown.

    Args:
        tracking: A `Tracking`.

    Returns:
        A copy with velocities. `tracking`, if it has a velocity, or no two
        times are up to 0.5 s apart.

    Raises:
        ValueError: If times are no seconds.
    """
    time = tracking.time
    if not np.isnan(tracking.velocities).all() or np.isnan(time).all():
        return tracking
    _check_seconds(tracking)
    steps = np.diff(time)
    # A tolerance for rounded times. NaN is no step.
    near = (steps > 0) & (steps <= 1.01 * LARGEST_STEP)
    periods = np.concatenate([[0], np.cumsum(~near)])
    # An unknown time is alone in its period.
    places = tracking.players.astype("float64")
    return with_velocities(tracking, places, np.nan_to_num(time), periods)


def with_velocities(
    tracking: Tracking,
    places: np.ndarray,
    times: np.ndarray,
    periods: np.ndarray,
) -> Tracking:
    """Copy with velocities by `running_velocities`, without placeholders.

    Args:
        tracking: A `Tracking`; only positions that it knows count.
        places: Positions `(frames, n, 2)` of the `Tracking`, in double
            precision.
        times, periods: As in `running_velocities`.
    """
    unknown = np.isnan(tracking.players[..., 0])
    columns = kept_columns(tracking, times, periods)
    velocities = running_velocities(
        columns.kept(np.where(np.expand_dims(unknown, 2), np.nan, places)),
        columns.kept(np.where(unknown, -1, columns.player)),
        times,
        periods,
    )
    velocities = columns.given(velocities).astype("float32")
    return tracking.with_(velocities=measured(velocities, tracking.players))


def _check_seconds(tracking: Tracking) -> None:
    """Raise a `ValueError` if times look like milliseconds."""
    steps = np.diff(tracking.time)
    ways = np.linalg.norm(np.diff(tracking.players, axis=0), axis=2)
    forward = steps > 0
    ways = ways[forward]
    if not forward.any() or np.isnan(ways).all():
        return
    step, way = np.median(steps[forward]), np.nanmedian(ways)
    if step >= _LONG_STEP and 0 < way < _SLOWEST * step:
        raise ValueError(
            f"`time` must be in seconds. Received: steps of {step:g}, in which "
            f"players move {way:.2g} m, which look like milliseconds; divide "
            "them by 1000"
        )
