"""Where two images differ most."""

import numpy as np


def largest_differences(
    a: np.ndarray, b: np.ndarray, size: int, number: int
) -> list[tuple[int, int]]:
    """Find the squares with the largest mean absolute difference.

    Args:
        a: uint8 array `(height, width, channels)`.
        b: Array of the same shape.
        size: Side of the squares in pixels, at most that of the images.
        number: Largest number of squares. They do not overlap, and there are
            fewer where no place is left, or no difference.

    Returns:
        Row and column of the upper left corner of each, the largest difference
        first.
    """
    sums = _square_sums(a, b, size)
    found: list[tuple[int, int]] = []
    while len(found) < number:
        top, left = map(int, np.unravel_index(np.argmax(sums), sums.shape))
        if sums[top, left] <= 0:
            break
        found.append((top, left))
        # All that overlap it.
        sums[
            max(top - size + 1, 0) : top + size,
            max(left - size + 1, 0) : left + size,
        ] = 0
    return found


def _square_sums(a: np.ndarray, b: np.ndarray, size: int) -> np.ndarray:
    """Sum of the absolute differences in the square at each position."""
    height, width = a.shape[:2]
    # A row and a column of zeros first. Totals of large images wrap around, but
    # those of squares fit, and differences of wrapped integers are exact.
    sums = np.zeros((height + 1, width + 1), np.uint32)
    for row in range(height):
        difference = np.abs(a[row].astype(np.int16) - b[row]).sum(axis=-1)
        np.cumsum(difference, out=sums[row + 1, 1:])
    np.cumsum(sums, axis=0, out=sums)
    sums = sums[size:] - sums[:-size]
    return sums[:, size:] - sums[:, :-size]
