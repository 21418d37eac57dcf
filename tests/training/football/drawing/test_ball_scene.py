import numpy as np
import pytest

from convzoo.training.football.drawing.ball_scene import (
    HEAT,
    TEAMS,
    BallScene,
    map_edges,
)
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo import BallPositionPredictor

pytest.importorskip("mplsoccer", reason="mplsoccer is not installed")
GRASS = (243, 246, 239)


def tracking(**arguments):
    """Two frames of five players, and a third without visible players."""
    players = np.array(
        [
            [[10, 20], [-30, -10], [np.nan, np.nan], [40, -25], [0, 0]],
            [[12, 20], [-30, -12], [5, 5], [40, -20], [0, 9]],
            np.full((5, 2), np.nan),
        ]
    )
    velocities = np.zeros_like(players)
    velocities[0, :, 0] = [5, -3, 1, 0, np.nan]
    velocities[0, :, 1] = [-4, 2, 1, 0, 1]
    ball = np.array([[11.0, 18], [np.nan, np.nan], [np.nan, np.nan]])
    team = np.tile([0, 1, 1, 0, 1], (3, 1))
    return Tracking(players, team, velocities, ball, **arguments)


def said(row=2, column=50, grid=(38, 56)):
    """A prediction whose heatmap has a single cell."""
    heatmap = np.zeros(grid, "float32")
    heatmap[row, column] = 1
    return {
        "heatmap": heatmap,
        "position": np.array([8.0, 22.0]),
        "radius_50": np.float32(2.5),
        "radius_90": np.float32(9.25),
        "carrier": np.array([0.61, 0.2, 0, 0.1, 0.09]),
    }


@pytest.fixture(scope="module")
def model():
    return BallPositionPredictor(width=8, depth=1, heads=1, map_width=4)


@pytest.fixture
def scene(model):
    return BallScene(tracking(), model, range(3))


def pixels(scene):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(scene.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)


def colour_at(scene, x, y):
    """Colour that is drawn at a position in metres."""
    image = pixels(scene)
    column, row = scene.axes.transData.transform((x, y)).astype(int)
    return tuple(image[len(image) - 1 - row, column])


def rgb(colour):
    from matplotlib.colors import to_rgb

    return tuple(round(255 * part) for part in to_rgb(colour))


def test_players_are_where_they_are_in_the_colour_of_their_team(scene):
    scene.show(0, said())
    first, second = (team.get_xydata().tolist() for team in scene.teams)
    assert first == [[10, 20], [40, -25]]
    # One player of the second team is missing.
    assert second == [[-30, -10], [0, 0]]
    assert colour_at(scene, 40, -25) == rgb(TEAMS[0][1])
    assert colour_at(scene, -30, -10) == rgb(TEAMS[1][1])
    assert colour_at(scene, 5, 5) == GRASS
    scene.show(1, said())
    assert colour_at(scene, 5, 5) == rgb(TEAMS[1][1])
    assert colour_at(scene, 40, -25) == GRASS


def test_teams_differ_without_colours():
    def luminance(colour):
        parts = np.array(rgb(colour)) / 255
        linear = np.where(
            parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4
        )
        return linear @ [0.2126, 0.7152, 0.0722]

    (marker, dark), (other, light) = TEAMS
    assert marker != other
    # WCAG 2.1 requires this contrast of graphical objects.
    assert (luminance(light) + 0.05) / (luminance(dark) + 0.05) > 3


def test_runs_are_a_second_long_where_they_are_known(scene):
    scene.show(0, said())
    ends = [path.vertices.tolist() for path in scene.runs.get_paths()]
    assert ends == [
        [[10, 20], [15, 16]],
        [[-30, -10], [-33, -8]],
        [[40, -25], [40, -25]],
    ]
    # Velocities that are all 0 are unknown.
    scene.show(1, said())
    assert scene.runs.get_paths() == []


def test_the_map_has_y_upwards(scene):
    scene.show(0, said(row=2, column=50))
    # Row 2 starts at -38 + 4 metres, column 50 at -56 + 100 metres.
    x, y = 45, -33
    away = np.subtract(GRASS, colour_at(scene, x, y))
    shares = away / np.subtract(GRASS, rgb(HEAT))
    assert shares.min() > 0.4 and np.ptp(shares) < 0.03
    for wrong in ((x, -y), (-x, y), (-x, -y)):
        assert colour_at(scene, *wrong) == GRASS


def test_the_pitch_is_in_metres_from_the_centre_spot(scene):
    scene.show(2, None)
    for line in ((52.5, 20), (-52.5, -20), (20, 34), (-20, -34), (0, 20)):
        assert np.ptp([colour_at(scene, *line), GRASS], axis=0).max() > 50
    # A point on the centre circle, and one inside it.
    assert colour_at(scene, 9.15, 0) != GRASS
    assert colour_at(scene, 5, 5) == colour_at(scene, 54, 36) == GRASS
    centre, right, up = scene.axes.transData.transform(
        [(0, 0), (10, 0), (0, 10)]
    )
    np.testing.assert_allclose((right - centre)[0], (up - centre)[1])


def test_the_ball_its_radii_and_who_has_it(scene):
    scene.show(0, said())
    assert scene.ball.get_xydata().tolist() == [[8, 22]]
    for circle, radius in zip(scene.circles, (2.5, 9.25), strict=True):
        assert tuple(circle.get_center()) == (8, 22)
        assert circle.get_radius() == radius
    assert scene.carrier.get_xydata().tolist() == [[10, 20]]
    assert scene.true_ball.get_xydata().tolist() == [[11, 18]]
    assert scene.headline.get_text() == "frame 0: ball within 9.2 m (90 %)"
    # The true ball is 3 m to the right and 4 m down.
    assert scene.detail.get_text() == (
        "If a player has it: player 0 of team 0 (61 %).  "
        "The cloud also counts a ball that nobody has.  "
        "The true ball is 5.0 m away"
    )


def test_a_carrier_in_the_cloud_needs_no_remark(scene):
    scene.show(0, {**said(), "position": np.array([9.0, 21.0])})
    assert "nobody" not in scene.detail.get_text()


def test_the_marker_of_the_carrier_is_above_the_player(scene):
    scene.show(0, said())
    assert colour_at(scene, 10, 20) == rgb(TEAMS[0][1])
    assert colour_at(scene, 10, 22) == rgb("#1a1a1a")


def test_the_trail_fades_towards_the_oldest(scene):
    places = np.array([[-20.0, 10], [-20, 5], [-20, 0]])
    scene.show(0, said(), places)
    lines = [path.vertices.tolist() for path in scene.trail.get_paths()]
    assert lines == [places[:2].tolist(), places[1:].tolist()]

    def away(y):
        return np.abs(np.subtract(colour_at(scene, -20, y), GRASS)).sum()

    assert 0 < away(7.5) < 0.7 * away(2.5)
    for none in (None, places[:1]):
        scene.show(0, said(), none)
        assert away(7.5) == away(2.5) == 0


def test_the_true_ball_is_in_no_colour_of_a_team(scene):
    drawn = {scene.true_ball.get_color(), scene.ball.get_color(), HEAT}
    assert drawn.isdisjoint({colour for _, colour in TEAMS})


def test_what_is_not_known_is_not_drawn(scene):
    scene.show(1, said())
    assert np.isnan(scene.true_ball.get_xydata()).all()
    assert "true ball" not in scene.detail.get_text()
    scene.show(2, None)
    assert scene.headline.get_text() == "frame 2: nobody is seen"
    assert scene.detail.get_text() == ""
    shown = (scene.heatmap, scene.carrier, *scene.circles, scene.ball)
    assert not any(artist.get_visible() for artist in shown)
    assert all(len(team.get_xydata()) == 0 for team in scene.teams)
    scene.show(0, said())
    assert all(artist.get_visible() for artist in shown)


NAMES = ["7", "Ann", "9", "A$_$\n1", "10"]


@pytest.mark.parametrize("names", [None, NAMES])
def test_a_picture_is_what_all_of_the_figure_shows(model, names):
    game = tracking(names=names)
    quick, slow = (BallScene(game, model, range(3)) for _ in range(2))
    for frame in (1, 2, 0):
        what = said() if frame < 2 else None
        quick.show(frame, what)
        slow.show(frame, what)
        picture = quick.picture()
        assert picture.dtype == np.uint8
        np.testing.assert_array_equal(picture, pixels(slow))


def test_a_picture_has_an_even_size():
    for cell in (1.3, 2.7):
        model = BallPositionPredictor(
            width=8, depth=1, heads=1, map_width=4, cell=cell
        )
        height, width, _ = BallScene(tracking(), model, [0]).picture().shape
        assert height % 2 == width % 2 == 0


@pytest.mark.parametrize(
    ("frames", "named"),
    [([0], {"true ball", "run of the next 1 s"}), ([1], ())],
)
def test_the_legend_names_what_is_drawn(model, frames, named):
    (legend,) = BallScene(tracking(), model, frames).figure.legends
    names = {text.get_text() for text in legend.get_texts()}
    assert {"team 0", "team 1", "where the ball may be"} <= names
    assert names & {"true ball", "run of the next 1 s"} == set(named)


def test_nothing_of_pyplot_stays(model):
    from matplotlib import pyplot

    BallScene(tracking(), model, [0]).show(0, said())
    assert pyplot.get_fignums() == []


def test_another_pitch_is_as_large_as_it_is():
    small = BallPositionPredictor(
        width=8, depth=1, heads=1, map_width=4, pitch=(90.0, 60.0), cell=3.0
    )
    scene = BallScene(tracking(pitch=(90.0, 60.0)), small, [0])
    scene.show(0, said(0, 0, (22, 32)))
    assert scene.heatmap.get_extent() == [-48, 48, -33, 33]
    assert scene.axes.get_xlim() == (-48, 48)
    assert scene.axes.get_ylim() == (-33, 33)
    assert colour_at(scene, 45, 20) != GRASS
    # The map of a model of another pitch is stretched.
    wide = BallPositionPredictor(
        width=8, depth=1, heads=1, map_width=4, pitch=(180.0, 60.0), cell=3.0
    )
    scene = BallScene(tracking(pitch=(90.0, 60.0)), wide, [0])
    left, right, bottom, top = map_edges(wide)
    extent = [left / 2, right / 2, bottom, top]
    assert scene.heatmap.get_extent() == extent
    assert scene.axes.get_xlim() == (left / 2, right / 2)


def test_pictures_name_no_carrier():
    """A map with cells of 4 / 1.5 m, for 1.5 pixels per metre."""
    model = BallPositionPredictor(
        sees="image", map_width=4, spatial="plain", pixels_per_metre=1.5
    )
    scene = BallScene(tracking(), model, [0])
    # The eighth row from below, and the second column.
    given = said(7, 1, (28, 42))
    del given["carrier"]
    scene.show(0, given)
    left, right, bottom, top = scene.heatmap.get_extent()
    assert (right - left, top - bottom) == pytest.approx((112, 224 / 3))
    x, y = left + 4, bottom + 7.5 * 8 / 3
    assert colour_at(scene, x, y) != GRASS
    assert colour_at(scene, x, -y) == GRASS
    assert len(scene.carrier.get_xdata()) == 0
    assert scene.detail.get_text().startswith("The true ball is")
    names = [t.get_text() for t in scene.figure.legends[0].get_texts()]
    assert "most likely carrier" not in names


def legend(frames, **arguments):
    game = tracking()
    model = BallPositionPredictor(width=8, depth=1, heads=1, map_width=4)
    (drawn,) = BallScene(game, model, frames, **arguments).figure.legends
    return [text.get_text() for text in drawn.get_texts()]


def test_the_legend_names_what_is_in_the_frames():
    all_of_it = legend([0, 1])
    assert {"team 0", "team 1", "true ball", "ball inside: 90 %"} < {*all_of_it}
    assert [n for n in all_of_it if n not in legend([1])] == [
        "run of the next 1 s",
        "true ball",
    ]
    assert legend([2]) == []
    with_trail = legend([0, 1], trails=True)
    assert {*with_trail} - {*all_of_it} == {"ball of the past 2 s"}


def test_players_and_teams_have_their_names(model):
    game = tracking(names=NAMES, team_names=["R$1$", 99 * "B"])
    scene = BallScene(game, model, range(3))
    scene.show(0, said())
    shown = [label for label in scene.labels if label.get_visible()]
    # The third player is not seen.
    texts = ["7", "Ann", "A$_$\\n1", "10"]
    assert [label.get_text() for label in shown] == texts
    places = [[10, 20], [-30, -10], [40, -25], [0, 0]]
    assert [list(label.xy) for label in shown] == places
    # Shirt numbers are on the markers.
    heights = [label.get_position()[1] for label in shown]
    assert heights == [0, -8, -8, 0]
    assert shown[0].get_color() != shown[3].get_color()
    assert scene.detail.get_text().startswith(
        "If a player has it: player 7 of R$1$ (61 %)"
    )
    names = [t.get_text() for t in scene.figure.legends[0].get_texts()]
    assert names[:2] == ["R$1$", 29 * "B" + "\N{HORIZONTAL ELLIPSIS}"]
    # None of it is taken for a formula, which would fail here.
    pixels(scene)
    scene.show(2, None)
    assert not any(label.get_visible() for label in scene.labels)


def test_without_names_there_are_none(scene):
    scene.show(0, said())
    assert scene.labels == []
