"""Confidence intervals for means of autocorrelated values.

Künsch 1989, The Jackknife and the Bootstrap for General Stationary
Observations, https://doi.org/10.1214/aos/1176347265.

What differs from the paper: blocks do not overlap, since groups do not, and
their lengths differ.
"""

import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.checks import check_above, check_number, check_positive

# Minimum number of groups to resample whole groups. With fewer, the bootstrap
# would underestimate their variance.
_ENOUGH_GROUPS = 20
# Minimum number of blocks for an interval.
_FEWEST_BLOCKS = 5


def block_bootstrap(
    values: ArrayLike,
    group: ArrayLike | None = None,
    block: int = 50,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """Compute a bootstrap confidence interval of the mean.

    Blocks are resampled with replacement; the interval lies between two
    percentiles of the means of the resamples. Values of a block stay together,
    so correlation within a block does not matter. With 20 groups or more, a
    block is a whole group; otherwise, about `block` consecutive values of one
    group. The interval reflects the choice of moments in these games, not the
    differences to other games.

    Args:
        values: Values `(n,)`, in temporal order.
        group: Integers `(n,)`, see `Tracking`. None for a single group.
        block: Number of values per block if groups are few. It should exceed
            the correlation length. In continuous tracking at 5 Hz, errors of
            simple predictors are nearly uncorrelated after 5 s; the default is
            twice that.
        resamples: Number of resamples.
        confidence: Confidence level, above 0 and below 1.
        seed: Random seed.

    Returns:
        The lower and the upper end; NaN if there are fewer than five blocks or
        a value is NaN.

    Raises:
        ValueError: If an argument is invalid.
    """
    values = np.asarray(values, "float64")
    if values.ndim != 1 or not len(values):
        raise ValueError(
            "`values` must have the shape (n,), with a value. "
            f"Received: values of shape {values.shape}"
        )
    check_positive("block", block)
    check_positive("resamples", resamples)
    check_above("confidence", confidence, 0)
    check_number("confidence", confidence, 0, 1)
    if group is None:
        group = np.zeros(len(values), int)
    group = np.asarray(group)
    if group.shape != values.shape:
        raise ValueError(
            f"`group` must have the shape {values.shape}, as `values` has it. "
            f"Received: group of shape {group.shape}"
        )
    number = _blocks(group, block)
    counts = np.bincount(number)
    if len(counts) < _FEWEST_BLOCKS or np.isnan(values).any():
        return np.nan, np.nan
    sums = np.bincount(number, values)
    random = np.random.default_rng(seed)
    drawn = random.integers(len(counts), size=(resamples, len(counts)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    return float(low), float(high)


def _blocks(group: np.ndarray, block: int) -> np.ndarray:
    """Index of the block of each value."""
    _, number, counts = np.unique(
        group, return_inverse=True, return_counts=True
    )
    if len(counts) >= _ENOUGH_GROUPS:
        return number
    # Each group is divided evenly, into blocks of nearly this length.
    pieces = np.maximum(np.round(counts / block).astype(int), 1)
    order = np.argsort(number, kind="stable")
    within = np.empty(len(group), int)
    within[order] = np.arange(len(group)) - np.repeat(
        np.cumsum(counts) - counts, counts
    )
    first = np.cumsum(pieces) - pieces
    return first[number] + within * pieces[number] // counts[number]
