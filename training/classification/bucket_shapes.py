"""A few shapes for images of many sizes."""

import numpy as np


def bucket_shapes(
    sizes: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Group images into buckets with little padding.

    Starting from one bucket, repeatedly split the bucket whose best split, by
    height or width, saves the most padding, until there are `count` buckets or
    no split saves any.

    Args:
        sizes: Integers `(images, 2)`, rows and columns.
        count: Maximum number of buckets.

    Returns:
        The bucket of each image, `(images,)`, and the shape of each bucket,
        `(buckets, 2)`: the rows and columns that contain all of its images.
    """
    sizes = np.asarray(sizes)
    buckets = [np.arange(len(sizes))]
    while len(buckets) < count:
        cuts = [_best_cut(sizes[members]) for members in buckets]
        best = max(range(len(buckets)), key=lambda i: cuts[i][0])
        _, lower = cuts[best]
        if lower is None:
            break
        members = buckets.pop(best)
        buckets += [members[lower], members[~lower]]
    numbers = np.empty(len(sizes), int)
    for number, members in enumerate(buckets):
        numbers[members] = number
    shapes = np.array([sizes[members].max(axis=0) for members in buckets])
    return numbers, shapes


def _best_cut(sizes: np.ndarray) -> tuple[int, np.ndarray | None]:
    """Return the pixels saved by the best split, and a mask of one part."""
    whole = len(sizes) * np.prod(sizes.max(axis=0))
    best: tuple[int, np.ndarray | None] = 0, None
    for axis in (0, 1):
        order = np.argsort(sizes[:, axis], kind="stable")
        ordered = sizes[order]
        below = np.maximum.accumulate(ordered)[:-1].prod(axis=1)
        above = np.maximum.accumulate(ordered[::-1])[-2::-1].prod(axis=1)
        counts = np.arange(1, len(sizes))
        costs = counts * below + counts[::-1] * above
        # Images of equal length stay together.
        costs[ordered[1:, axis] == ordered[:-1, axis]] = whole
        if costs.size and whole - costs.min() > best[0]:
            longest = ordered[costs.argmin(), axis]
            best = whole - costs.min(), sizes[:, axis] <= longest
    return best
