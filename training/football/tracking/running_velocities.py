"""Estimation of velocities from positions."""

import numpy as np

# Half the window of a fit, and the largest usable step between frames, in
# seconds.
_REACH = 0.2
LARGEST_STEP = 0.5
# Maximum speed in metres per second; a faster player is a mistaken identity.
_FASTEST = 15.0


def running_velocities(
    positions: np.ndarray,
    who: np.ndarray,
    times: np.ndarray,
    periods: np.ndarray,
) -> np.ndarray:
    """Estimate velocities by least-squares lines through positions over time.

    The window of a frame reaches from 0.2 s before to 0.2 s after it: 11 frames
    at 25 Hz; at 5 Hz, the estimate is `(p[t + 1] - p[t - 1]) / 0.4`. At larger
    steps between frames, up to 0.5 s, the window has the adjacent frames. The
    estimate is exact for constant velocity; in symmetric windows, for constant
    acceleration too.

    Args:
        positions: Positions `(frames, n, 2)` in metres; NaN for missing
            players.
        who: Integers `(frames, n)` that identify players; -1 for none.
        times: Times `(frames,)` in seconds, increasing within a period.
        periods: Integers `(frames,)`. Windows do not cross periods.

    Returns:
        Velocities `(frames, n, 2)` in metres per second; NaN for missing
        players, with a single position in the window, and above 15 m/s.
    """
    step = _step(times, periods)
    if not step <= LARGEST_STEP:
        return np.full_like(positions, np.nan)
    # A tolerance for rounded times.
    reach = max(_REACH, step) + step / 4
    sums = _sums(positions, who, times, periods, reach, int(reach / step))
    count, time, square, place, product = sums
    spread = np.expand_dims(count * square - time**2, 2)
    count, time = np.expand_dims(count, 2), np.expand_dims(time, 2)
    fitted = count * product - time * place
    slope = np.divide(
        fitted, spread, out=np.full_like(fitted, np.nan), where=spread > 1e-9
    )
    slope[np.linalg.norm(slope, axis=2) > _FASTEST] = np.nan
    return slope


def _step(times: np.ndarray, periods: np.ndarray) -> float:
    """Median step between frames in seconds; NaN for a single frame."""
    steps = np.diff(times)[np.diff(periods) == 0]
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else np.nan


def _sums(
    positions: np.ndarray,
    who: np.ndarray,
    times: np.ndarray,
    periods: np.ndarray,
    reach: float,
    most: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sums over windows of 1, t, t^2, x and tx, relative to their frame."""
    frames = len(times)
    count, time, square = np.zeros((3, *who.shape))
    place, product = np.zeros((2, *positions.shape))
    for offset in range(-min(most, frames - 1), min(most, frames - 1) + 1):
        here = slice(max(0, -offset), frames - max(0, offset))
        there = slice(max(0, offset), frames - max(0, -offset))
        after = times[there] - times[here]
        near = (np.abs(after) <= reach) & (periods[there] == periods[here])
        same = (who[there] == who[here]) & (who[here] >= 0)
        same &= np.expand_dims(near, 1)
        moved = np.where(
            np.expand_dims(same, 2), positions[there] - positions[here], 0
        )
        after = np.expand_dims(after, 1)
        count[here] += same
        time[here] += same * after
        square[here] += same * after**2
        place[here] += moved
        product[here] += np.expand_dims(after, 2) * moved
    return count, time, square, place, product
