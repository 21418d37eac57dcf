"""A part of the frames, and what lies between them. No Keras."""

import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.checks import check_above


def thinned(times: ArrayLike, runs: ArrayLike, rate: float = 5.0) -> np.ndarray:
    """Select frames at about a rate, from each run.

    The first and the last frame of a run are selected, and those nearest to
    multiples of `1 / rate` after its first.

    Args:
        times: Times `(frames,)` in seconds. They increase within a run.
        runs: Index `(frames,)` of the run of each frame.
        rate: Frames per second.

    Returns:
        Indices of the selected frames, increasing.

    Raises:
        ValueError: If `rate` is not positive, if `times` and `runs` are not of
            one shape `(frames,)`, or if times do not increase within a run.
    """
    check_above("rate", rate, 0)
    members = _members(times, runs)
    chosen = [run[_nearest(moments, rate)] for run, moments in members]
    return np.sort(np.concatenate([np.empty(0, int), *chosen]))


def at_all_times(
    values: ArrayLike, indices: ArrayLike, times: ArrayLike, runs: ArrayLike
) -> np.ndarray:
    """Interpolate values of selected frames linearly to all frames.

    Args:
        values: Values `(selected, ...)` of the selected frames, such as
            positions or radii. NaN spreads to its neighbours.
        indices: Indices of the selected frames, as from `thinned`.
        times, runs: As for `thinned`.

    Returns:
        Values `(frames, ...)`. Before the first and after the last selected
        frame of a run, they are those of that frame; NaN in a run without any.

    Raises:
        ValueError: If `values` and `indices` differ in length, an index is out
            of range or they do not increase, or as for `thinned`.
    """
    values = np.asarray(values)
    indices = np.asarray(indices)
    members = _members(times, runs)
    frames = sum(len(run) for run, _ in members)
    _check_indices(values, indices, frames)
    dtype = np.result_type(values.dtype, np.float32)
    columns = values.reshape(len(values), -1)
    found = np.full((frames, columns.shape[1]), np.nan, dtype)
    for run, moments in members:
        own = np.isin(indices, run)
        if own.any():
            known = moments[np.searchsorted(run, indices[own])]
            for column, filled in zip(columns[own].T, found.T, strict=True):
                filled[run] = np.interp(moments, known, column)
    # At the selected frames, exactly what was given.
    found[indices] = columns
    return found.reshape(frames, *values.shape[1:])


def _members(
    times: ArrayLike, runs: ArrayLike
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The indices of each run, and their times."""
    times, runs = np.asarray(times), np.asarray(runs)
    if times.ndim != 1 or times.shape != runs.shape:
        raise ValueError(
            "`times` and `runs` must have the shape (frames,). Received: times "
            f"of shape {times.shape}, runs of shape {runs.shape}"
        )
    # A stable sort keeps the order within a run.
    order = np.argsort(runs, kind="stable")
    starts = np.flatnonzero(np.diff(runs[order])) + 1
    members = [(run, times[run]) for run in np.split(order, starts)]
    for run, moments in members:
        if not np.all(np.diff(moments) > 0):
            raise ValueError(
                "`times` must increase within a run. Received: other times in "
                f"run {runs[run[0]]}"
            )
    return members if len(runs) else []


def _nearest(moments: np.ndarray, rate: float) -> np.ndarray:
    """Indices nearest to multiples of `1 / rate`, and the first and last."""
    steps = np.arange(np.floor((moments[-1] - moments[0]) * rate) + 1)
    wanted = moments[0] + steps / rate
    after = np.searchsorted(moments, wanted).clip(1, max(len(moments) - 1, 1))
    after = np.minimum(after, len(moments) - 1)
    before = np.maximum(after - 1, 0)
    nearer = wanted - moments[before] <= moments[after] - wanted
    chosen = np.where(nearer, before, after)
    return np.unique([0, *chosen, len(moments) - 1])


def _check_indices(
    values: np.ndarray, indices: np.ndarray, frames: int
) -> None:
    if indices.ndim != 1 or values.shape[:1] != indices.shape:
        raise ValueError(
            "`values` and `indices` must have the same length. Received: "
            f"values of shape {values.shape}, indices of shape {indices.shape}"
        )
    if len(indices) and (
        indices[0] < 0 or indices[-1] >= frames or (np.diff(indices) <= 0).any()
    ):
        raise ValueError(
            f"`indices` must increase, from 0 to at most {frames - 1}. "
            f"Received: indices={indices.tolist()[:10]}"
        )
