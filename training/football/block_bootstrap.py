"""How sure a mean is, where values that follow each other are much alike.

Künsch 1989, The Jackknife and the Bootstrap for General Stationary
Observations, https://doi.org/10.1214/aos/1176347265.

What differs from the paper: blocks do not overlap, since groups do not, and
lengths differ.
"""

import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.checks import check_above, check_number, check_positive

# Of so many groups, drawn again and again, the spread is that of groups; fewer
# would come out too much alike.
_ENOUGH = 20
# Of fewer blocks nothing can be said.
_FEWEST = 5


def block_bootstrap(
    values: ArrayLike,
    group: ArrayLike | None = None,
    block: int = 50,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """The interval in which the mean of a longer series is likely to be.

    Blocks are drawn with replacement, as many as there are, and averaged, again
    and again; the interval is between two percentiles of these averages. Values
    of a block stay together, so that it does not matter how much alike they
    are. A block is a whole group, where there are 20 groups or more; else about
    `block` values of one group that follow each other. It says how much the
    mean depends on which moments of these games were seen; how much other games
    differ, it cannot know.

    Args:
        values: `(n,)`, in the order of time.
        group: integers `(n,)`, see `Tracking`; None if all are of one.
        block: values in a block, where groups are few. It should be longer than
            values stay alike: of continuous tracking, 0.2 s apart, distances
            from simple predictors to the ball have little in common after 5 s,
            and the default is twice that.
        resamples: how often.
        confidence: the probability, above 0 and below 1.
        seed: of the random draws.

    Returns:
        The lower and the upper end; NaN if there are fewer than five blocks,
        or a value is NaN.

    Raises:
        ValueError: an argument is not as described.
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
    if len(counts) < _FEWEST or np.isnan(values).any():
        return np.nan, np.nan
    sums = np.bincount(number, values)
    random = np.random.default_rng(seed)
    drawn = random.integers(len(counts), size=(resamples, len(counts)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    return float(low), float(high)


def _blocks(group: np.ndarray, block: int) -> np.ndarray:
    """The number of the block of each value, from 0 on."""
    _, number, counts = np.unique(
        group, return_inverse=True, return_counts=True
    )
    if len(counts) >= _ENOUGH:
        return number
    # Of each group as many as come closest to that length, evenly long.
    pieces = np.maximum(np.round(counts / block).astype(int), 1)
    order = np.argsort(number, kind="stable")
    within = np.empty(len(group), int)
    within[order] = np.arange(len(group)) - np.repeat(
        np.cumsum(counts) - counts, counts
    )
    first = np.cumsum(pieces) - pieces
    return first[number] + within * pieces[number] // counts[number]
