"""How fast players run, from where they were."""

import numpy as np

# Seconds before and after a frame in which positions count, as far as frames
# are that close, and the largest step between frames that says something.
_REACH = 0.2
_LARGEST_STEP = 0.5
# Metres a second: faster is not a person but a mistaken one.
_FASTEST = 15.0


def running_velocities(
    positions: np.ndarray,
    who: np.ndarray,
    times: np.ndarray,
    periods: np.ndarray,
) -> np.ndarray:
    """Slopes of the lines that fit where players were around each frame.

    A line of least squares goes through the positions of a player from 0.2 s
    before a frame until 0.2 s after it: eleven of them at 25 Hz; at 5 Hz it is
    `(p[t + 1] - p[t - 1]) / 0.4`. Where frames are farther apart, up to 0.5 s,
    it goes through those next to a frame. It is exact for a constant velocity,
    and where there are as many positions on both sides for a constant
    acceleration.

    Args:
        positions: `(frames, n, 2)` metres; NaN where nobody is seen.
        who: integers `(frames, n)`, which player it is; -1 for none.
        times: `(frames,)` seconds, which rise within a period.
        periods: integers `(frames,)`; nothing is known across them.

    Returns:
        `(frames, n, 2)` metres a second; NaN where a player was not seen, or in
        one frame alone, or would be faster than 15 m/s.
    """
    step = _step(times, periods)
    if not step <= _LARGEST_STEP:
        return np.full_like(positions, np.nan)
    # Times are rounded.
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
    """Seconds between frames, usually; NaN if there is one alone."""
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
    """Over the frames around each: 1, t, t^2, x and tx, from the frame on."""
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
