"""render_pitch: plain loops and invariances."""

import numpy as np
import pytest

from convzoo.training.football.drawing.pitch_view import PitchView
from convzoo.training.football.drawing.render_pitch import render_pitch

VIEW = PitchView(3.0)


def scene(frames=2, count=5, seed=0):
    random = np.random.default_rng(seed)
    players = random.uniform((-50, -32), (50, 32), (frames, count, 2))
    velocities = random.normal(0, 3, (frames, count, 2))
    return {
        "players": players.astype("float32"),
        "team": random.integers(2, size=(frames, count)),
        "velocities": velocities.astype("float32"),
    }


def slow(players, team, velocities, view):
    """Render one frame, pixel by pixel."""
    picture = view.empty.astype("float64")
    scale = view.pixels_per_metre
    for place, side, velocity in zip(players, team, velocities, strict=True):
        if np.isnan(place).any():
            continue
        centre = view.pixels(place)
        speed = np.hypot(*velocity)
        for row in range(view.size[0]):
            for column in range(view.size[1]):
                way = np.array([column + 0.5, row + 0.5]) - centre
                cover = np.clip(0.9 * scale - np.hypot(*way) + 0.5, 0, 1)
                pixel = picture[row, column]
                pixel += cover * (np.array(view.teams[side]) - pixel)
                if not speed > 0:
                    continue
                length = min(max(speed / 2, 1.6), 4) * scale
                ahead = velocity / speed * (1, -1)
                along = np.clip(way @ ahead, 0, length)
                off = np.hypot(*(way - along * ahead))
                pixel += np.clip(0.25 * scale - off + 0.5, 0, 1) * (0.1 - pixel)
    return picture


def test_it_is_what_loops_draw():
    view = PitchView(2.0, pitch=(40.0, 30.0))
    given = scene(frames=2, count=6)
    given["players"] /= 2.4
    given["players"][0, 1] = np.nan
    given["players"][0, 2] = (21, 14)
    given["players"][1, 0] = given["players"][1, 1] + 0.5
    given["velocities"][0, 3] = 0
    given["velocities"][1, 2] = np.nan
    found = render_pitch(**given, view=view)
    assert found.shape == (2, 72, 92, 3)
    assert found.dtype == "float32"
    for frame in range(2):
        expected = slow(*(a[frame] for a in given.values()), view)
        np.testing.assert_allclose(found[frame], expected, atol=1e-4)


def test_players_beyond_the_picture_are_not_seen():
    given = scene()
    given["players"][:] = (500, -300)
    found = render_pitch(**given, view=VIEW)
    np.testing.assert_array_equal(found[0], VIEW.empty)
    given["players"][:] = np.nan
    found = render_pitch(**given, view=VIEW)
    np.testing.assert_array_equal(found[1], VIEW.empty)


@pytest.mark.parametrize("place", [(55.2, 0), (0, -36.9), (56, 37.5)])
def test_who_is_half_inside_is_half_seen(place):
    given = scene(frames=1, count=1)
    given["players"][:] = place
    found = render_pitch(**given, view=VIEW)
    assert 0 < np.abs(found[0] - VIEW.empty).sum(2).astype(bool).sum() < 30


@pytest.mark.parametrize(("axis", "signs"), [(2, (-1, 1)), (1, (1, -1))])
def test_a_mirrored_pitch_is_a_mirrored_picture(axis, signs):
    given = scene()
    mirrored = {
        **given,
        "players": given["players"] * np.array(signs, "float32"),
        "velocities": given["velocities"] * np.array(signs, "float32"),
    }
    np.testing.assert_allclose(
        render_pitch(**mirrored, view=VIEW),
        np.flip(render_pitch(**given, view=VIEW), axis),
        atol=1e-3,
    )


def test_velocities_may_be_unknown():
    given = scene()
    expected = render_pitch(given["players"], given["team"], view=VIEW)
    given["velocities"][:] = np.nan
    np.testing.assert_array_equal(render_pitch(**given, view=VIEW), expected)
    assert render_pitch(given["players"], given["team"]).shape == (
        *(2, 296, 444),
        3,
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("players", np.zeros((5, 2)), r"players of shape \(5, 2\)"),
        ("team", np.zeros((2, 4)), r"`team` must have the shape \(2, 5\)"),
        ("velocities", np.zeros((2, 5)), r"velocities of shape \(2, 5\)"),
        ("team", np.full((2, 5), 7), r"0 or 1. Received: \[7\]"),
    ],
)
def test_arrays_are_quoted(name, value, message):
    with pytest.raises(ValueError, match=message):
        render_pitch(**{**scene(), name: value})
