"""Squares of the largest differences, against sums over every square."""

import numpy as np
import pytest

from convzoo.training.super_resolution.largest_differences import (
    largest_differences,
)


def _by_loops(a, b, size, number):
    """Sum over each square; take the best that overlaps none before."""
    difference = np.abs(a.astype(int) - b.astype(int)).sum(axis=-1)
    height, width = difference.shape
    places = [
        (-difference[y : y + size, x : x + size].sum(), y, x)
        for y in range(height - size + 1)
        for x in range(width - size + 1)
    ]
    found = []
    for total, y, x in sorted(places):
        apart = all(abs(y - v) >= size or abs(x - u) >= size for v, u in found)
        if total < 0 and apart and len(found) < number:
            found.append((y, x))
    return found


@pytest.mark.parametrize(
    ("shape", "size"),
    [((17, 12, 3), 5), ((9, 20, 1), 4), ((6, 6, 3), 6), ((5, 8, 3), 1)],
)
def test_squares_are_those_of_loops(shape, size):
    a, b = np.random.default_rng(0).integers(0, 256, (2, *shape), "uint8")
    found = largest_differences(a, b, size, 3)
    assert found == _by_loops(a, b, size, 3)
    assert 1 <= len(found) <= 3


def test_equal_places_are_no_differences():
    a = np.full((20, 30, 3), 200, "uint8")
    assert largest_differences(a, a, 6, 3) == []
    b = a.copy()
    b[10, 20] = 0
    # One square holds the difference; all others that do overlap it.
    ((top, left),) = largest_differences(a, b, 6, 3)
    assert top <= 10 < top + 6 and left <= 20 < left + 6


def test_totals_beyond_32_bits_are_exact():
    """Black and white of 3000 x 2000 pixels differ by 4.6 billion."""
    a = np.broadcast_to(np.uint8(0), (3000, 2000, 3))
    b = np.full_like(a, 254)
    b[2500:2503, 1500:1503] = 255
    assert largest_differences(a, b, 3, 1) == [(2500, 1500)]
