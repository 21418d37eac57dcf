"""PitchView: pixel positions and pitch lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.training.football.drawing.pitch_view import PitchView


def brightness(view, x, y):
    column, row = view.pixels(np.array([x, y], "float32"))
    return view.empty[int(row), int(column)].sum()


def test_pixels_go_to_the_right_and_down():
    view = PitchView(pixels_per_metre=4)
    assert view.size == (296, 444)
    places = np.array([[0, 0], [52.5, 34], [-55.5, -37]], "float32")
    np.testing.assert_allclose(
        view.pixels(places), [[222, 148], [432, 12], [0, 296]], atol=1e-3
    )


@given(st.floats(0.5, 20), st.floats(-60, 60), st.floats(-40, 40))
def test_metres_are_those_of_the_pixels(scale, x, y):
    view = PitchView(scale, pitch=(100.0, 64.0), margin=2.5)
    places = np.array([[x, y]], "float32")
    found = view.metres(view.pixels(places))
    np.testing.assert_allclose(found, places, atol=1e-3)


@pytest.mark.parametrize("pitch", [(105.0, 68.0), (90.0, 60.0)])
@pytest.mark.parametrize("scale", [3.0, 10.0])
def test_lines_are_where_the_laws_of_the_game_put_them(pitch, scale):
    view = PitchView(scale, pitch)
    x, y = pitch[0] / 2, pitch[1] / 2
    angles = np.linspace(0, 2 * np.pi, 12)
    circle = 9.15 * np.stack([np.cos(angles), np.sin(angles)], 1)
    lines = [
        *((s * x, y / 2) for s in (-1, 1)),
        *((x / 2, s * y) for s in (-1, 1)),
        *((s * (x - 16.5), 10.0) for s in (-1, 1)),
        *((x - 8.0, s * 20.16) for s in (-1, 1)),
        *((s * (x - 5.5), 4.0) for s in (-1, 1)),
        *((x - 3.0, s * 9.16) for s in (-1, 1)),
        (0.0, y - 2),
        (0.0, 0.0),
        (x - 11, 0.0),
        # The top of the penalty arc, 9.15 m from the spot.
        (x - 11 - 9.15, 0.0),
        *map(tuple, circle),
    ]
    turf = sum(view.turf)
    for place in lines:
        around = [
            brightness(view, place[0] + dx / scale, place[1] + dy / scale)
            for dx in (-0.5, 0, 0.5)
            for dy in (-0.5, 0, 0.5)
        ]
        assert max(around) > turf + 0.4, place
    bare = [
        (x / 4, 15.0),
        (x + 1.5, 0.0),
        (x - 8, 12.0),
        (5.0, 0.0),
        # Inside the penalty area, the arc is not drawn.
        (x - 11 + 6.47, 6.47),
    ]
    for place in bare:
        assert brightness(view, *place) == pytest.approx(turf, abs=1e-3), place


def test_quarters_are_alike():
    empty = PitchView(5).empty
    np.testing.assert_allclose(empty, empty[::-1], atol=1e-3)
    np.testing.assert_allclose(empty, empty[:, ::-1], atol=1e-3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pixels_per_metre", 0),
        ("pixels_per_metre", 0.1),
        ("pitch", (105,)),
        ("margin", -1),
        ("turf", (1, 2, 3)),
        ("lines", (1, 1)),
        ("teams", ((1, 0, 0),)),
    ],
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}.*Received: {name}"):
        PitchView(**{name: value})
