"""The networks for a scale, against all sequences, tried by loops."""

import itertools
import math

import pytest

from convzoo.common.scale_passes import scale_passes


@pytest.mark.parametrize("available", [[4], [2], [3], [8], [2, 4], [4, 3, 2]])
def test_the_product_is_the_least_that_suffices(available):
    sequences = [
        sequence
        for number in range(4)
        for sequence in itertools.product(available, repeat=number)
    ]
    for scale in (1, 1.01, 1.5, 2, 2.5, 3, 3.7, 4, 4.5, 6, 7.99, 8):
        found = scale_passes(scale, available)
        least = min(p for p in map(math.prod, sequences) if p >= scale)
        fewest = min(len(s) for s in sequences if math.prod(s) == least)
        assert math.prod(found) == least and len(found) == fewest
        assert list(found) == sorted(found) and {*found} <= {*available}


@pytest.mark.parametrize(
    "scale", [0, 0.99, 8.01, -1, math.nan, math.inf, "2", True, None]
)
def test_bad_scales_are_quoted(scale):
    with pytest.raises(ValueError, match="`scale` must be .* scale="):
        scale_passes(scale, [4])


def test_a_scale_needs_a_network():
    assert scale_passes(1, []) == ()
    with pytest.raises(ValueError, match="scale=3"):
        scale_passes(3, [])
