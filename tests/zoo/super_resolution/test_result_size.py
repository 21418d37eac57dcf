import math

import pytest

from convzoo.zoo.super_resolution.result_size import result_size


@pytest.mark.parametrize("scale", [1, 1.3, 2, math.pi, 7.99, 8])
def test_each_side_is_scaled_and_rounded(scale):
    for size in ((1, 1), (7, 640), (480, 333)):
        expected = tuple(round(scale * side) for side in size)
        assert result_size(size, scale) == expected


@pytest.mark.parametrize("box", [(3840, 2160), (100, 900), (64, 64), (7, 2000)])
@pytest.mark.parametrize("size", [(600, 800), (900, 301), (2161, 3840)])
def test_the_largest_that_fits_into_a_box_keeps_the_aspect(box, size):
    height, width = result_size(size, to=box)
    assert height <= box[1] and width <= box[0]
    assert height == box[1] or width == box[0]
    # To half a pixel of the side that is not full.
    if width == box[0]:
        assert abs(height - size[0] * width / size[1]) <= 0.5
    else:
        assert abs(width - size[1] * height / size[0]) <= 0.5


def test_a_side_never_vanishes():
    assert result_size((1000, 1), to=(10, 10)) == (10, 1)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({}, "either `scale` or `to`"),
        ({"scale": 2, "to": (9, 9)}, "either `scale` or `to`"),
        ({"scale": 0.5}, "`scale` must be .*scale=0.5"),
        ({"scale": 9}, "`scale` must be .*scale=9"),
        ({"to": (0, 5)}, "`to` must be"),
        ({"to": "9x9"}, "`to` must be"),
        ({"to": (900, 900)}, "20x10 pixels into 900x900 .* by 45.0, .* than 8"),
    ],
)
def test_mistakes_are_quoted(arguments, message):
    with pytest.raises(ValueError, match=message):
        result_size((10, 20), **arguments)
