import weakref

import numpy as np

from convzoo.zoo.images.joined_strips import joined_strips
from convzoo.zoo.images.strip_rows import StripRows

IMAGE = np.arange(40 * 3 * 2).reshape(40, 3, 2)


def strips(height):
    return (IMAGE[row : row + height] for row in range(0, len(IMAGE), height))


def test_rows_are_those_of_the_image():
    ranges = [(0, 3), (0, 9), (2, 9), (2, 30), (29, 31), (35, 40)]
    for height in (1, 4, 7, 40, 50):
        source = StripRows(strips(height))
        for first, last in ranges:
            np.testing.assert_array_equal(
                source.rows(first, last), IMAGE[first:last]
            )


def test_one_strip_is_held_at_a_time():
    alive = []

    def counted():
        for row in range(0, 40, 10):
            assert sum(each() is not None for each in alive) == 0
            strip = IMAGE[row : row + 10].copy()
            alive.append(weakref.ref(strip))
            yield strip
            del strip

    source = StripRows(counted())
    for row in range(0, 38):
        source.rows(row, row + 3)
    assert len(alive) == 4


def test_strips_are_joined():
    for height in (1, 7, 40):
        found = joined_strips(strips(height), IMAGE.shape, np.dtype("uint8"))
        np.testing.assert_array_equal(found, IMAGE.astype("uint8"))
