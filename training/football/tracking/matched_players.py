"""Players of successive frames, matched by position."""

import numpy as np

from convzoo.training.football.tracking.tracking import Tracking

# Maximum speed in metres per second, and noise in metres.
_FASTEST, _NOISE = 13.0, 1.5
# More than all squared distances of a frame together.
_APART = 1e9


def matched_players(
    tracking: Tracking, frames: np.ndarray, seconds: np.ndarray
) -> np.ndarray:
    """Match the players of frames with those of the next frames, one to one.

    Two visible players may be the same if they are of one team, and no further
    apart than `13 m/s * seconds + 1.5 m`. As many as possible are matched; of
    all ways to do so, one with the least sum of squared distances is taken.

    Args:
        tracking: A `Tracking`.
        frames: Indices `(steps,)` of frames; none is the last.
        seconds: Seconds `(steps,)` to the next frames.

    Returns:
        Columns `(steps, n)` of the players in the next frame; -1 without a
        match.
    """
    seen = ~np.isnan(tracking.players[..., 0])
    reach = _reach(seconds)
    found = np.full((len(frames), seen.shape[1]), -1)
    if not len(frames):
        return found
    # Takes longer to import than most files to match.
    from scipy.optimize import linear_sum_assignment

    for step, frame in enumerate(frames):
        # Loops over visible players only: a file may have many more columns.
        now, then = np.flatnonzero(seen[frame]), np.flatnonzero(seen[frame + 1])
        costs = _costs(tracking, frame, now, then, reach[step])
        one, other = linear_sum_assignment(costs)
        near = costs[one, other] < _APART
        found[step, now[one[near]]] = then[other[near]]
    return found


def columns_going_on(
    tracking: Tracking, frames: np.ndarray, seconds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the columns that may keep their players to the next frame.

    Args:
        tracking, frames, seconds: As in `matched_players`.

    Returns:
        Masks `(steps, n)` of the columns with a visible player in both frames,
        and of those whose players may be the same.
    """
    # One axis at a time: a sum over an axis of length 2 is slow.
    x, y = np.moveaxis(tracking.players, 2, 0)
    squares = (x[frames + 1] - x[frames]) ** 2 + (
        y[frames + 1] - y[frames]
    ) ** 2
    same = tracking.team[frames] == tracking.team[frames + 1]
    # The way of an invisible player is NaN.
    near = squares <= np.expand_dims(_reach(seconds) ** 2, 1)
    return ~np.isnan(squares), same & near


def _reach(seconds: np.ndarray) -> np.ndarray:
    return _FASTEST * seconds + _NOISE


def _costs(
    tracking: Tracking,
    frame: int,
    now: np.ndarray,
    then: np.ndarray,
    reach: float,
) -> np.ndarray:
    """Costs of the pairs of these columns of a frame and of the next one."""
    team = tracking.team
    x, y = tracking.players[frame, now].astype("float64").T
    x_then, y_then = tracking.players[frame + 1, then].T
    squares = np.subtract.outer(x, x_then) ** 2
    squares += np.subtract.outer(y, y_then) ** 2
    others = np.not_equal.outer(team[frame, now], team[frame + 1, then])
    squares[others | (squares > reach**2)] = _APART
    return squares
