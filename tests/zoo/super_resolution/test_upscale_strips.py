"""Strips of a result, against the whole, and their memory."""

import numpy as np
import pytest

from tests.support import photograph, tiny_generator


@pytest.mark.parametrize("tile", [16, 1, 5, 100])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_strips_are_the_rows_of_the_result(channels, tile):
    model, pixels = tiny_generator(), photograph(23, 17, channels)
    asked = []

    def rows(first, last):
        asked.append((first, last))
        return pixels[first:last]

    strips = list(model.upscale_strips(rows, pixels.shape, tile))
    np.testing.assert_array_equal(
        np.concatenate(strips), model.upscale(pixels, tile)
    )
    assert [len(s) for s in strips[:-1]] == [2 * tile] * (len(strips) - 1)
    # A decoder goes from the top to the bottom, once.
    firsts, lasts = zip(*asked, strict=True)
    assert list(firsts) == sorted(firsts) and list(lasts) == sorted(lasts)
    assert lasts[-1] == 23


def test_nothing_is_computed_before_it_is_asked_for():
    pixels, done = photograph(23, 17), []
    strips = tiny_generator().upscale_strips(
        lambda first, last: pixels[first:last],
        pixels.shape,
        8,
        lambda *counts: done.append(counts),
    )
    assert done == []
    next(strips)
    assert done == [(1, 9), (2, 9), (3, 9)]


@pytest.mark.parametrize("tile", [0, -3, 1.5, "8", True, None])
def test_bad_tiles_are_quoted(tile):
    with pytest.raises(ValueError, match="`tile`"):
        tiny_generator().upscale_strips(None, (9, 9, 3), tile)


def test_memory_is_checked_before_the_work():
    model = tiny_generator()
    wide = np.broadcast_to(np.uint8(0), (2, 4_000_000_000, 3))
    with pytest.raises(ValueError, match=r"4000000000x2 .*`tile`"):
        model.upscale_strips(None, wide.shape, 2)
    with pytest.raises(ValueError, match=r"result of 4000000000x2 .*file"):
        model.upscale(wide, tile=8)
