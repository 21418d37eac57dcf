import copy

import numpy as np
import pytest

from convzoo.training.football.fill_ball import fill_ball
from convzoo.training.football.fill_kloppy_ball import fill_kloppy_ball
from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.tracking.kloppy_tracking import kloppy_tracking
from convzoo.zoo import BallPositionPredictor
from tests.support import randomized
from tests.training.football.tracking import provider_files
from tests.training.football.tracking.provider_files import load_by_kloppy

pytestmark = pytest.mark.usefixtures("uncompiled")

domain = pytest.importorskip("kloppy.domain")
MISSING = [3, 4, 5, 43, 44, 45]


@pytest.fixture(scope="module")
def model():
    return randomized(
        BallPositionPredictor(width=8, depth=1, heads=1, map_width=4)
    )


def found(game, dataset, pitch):
    """Ball positions, and the result of a model that predicts them."""
    frames = kloppy_tracking(dataset, pitch)
    ball = np.random.default_rng(1).uniform((-50, -33), (50, 33), (80, 2))
    filled = ~frames.has_ball
    ball[~filled] = frames.ball[~filled]
    radius = np.where(filled, np.arange(80.0), 0)
    return ball, FilledBall(
        frames.with_ball(ball), filled, radius, 2 * radius, None, None, None
    )


@pytest.mark.parametrize(
    ("provider", "coordinates", "axes"),
    [
        ("tracab", "tracab", (100, 100)),
        ("skillcorner", "skillcorner", (1, 1)),
        ("epts", None, (1 / 104, -1 / 67)),
        ("metrica", None, (1 / 105, -1 / 68)),
    ],
)
def test_balls_are_in_the_coordinates_of_the_dataset(
    provider, coordinates, axes, tmp_path
):
    game, dataset = load_by_kloppy(provider, tmp_path, coordinates=coordinates)
    size = (105, 68) if provider == "metrica" else provider_files.PITCH
    ball, given = found(game, dataset, (105.0, 68.0))
    filled = fill_kloppy_ball(dataset, given)
    # Teams change sides; fractions of the pitch have their origin in a corner.
    own = ball * np.array(size) / (105, 68)
    own[40:] *= -1
    own = own * axes + (0.5 if coordinates is None else 0)
    places = np.array(
        [(f.ball_coordinates.x, f.ball_coordinates.y) for f in filled]
    )
    np.testing.assert_allclose(places, own, atol=1e-3 * max(np.abs(axes)))
    # Reading the dataset again gives the predicted positions.
    again = kloppy_tracking(filled, (105.0, 68.0))
    np.testing.assert_allclose(again.ball, ball, atol=1e-3)
    grown = max(size[0] / 105, size[1] / 68)
    for i, frame in enumerate(filled):
        if i not in MISSING:
            assert frame.other_data == {}
            continue
        assert frame.other_data == {
            "ball_filled": True,
            "ball_radius_50": pytest.approx(grown * i),
            "ball_radius_90": pytest.approx(grown * 2 * i),
        }


def test_what_came_is_as_it_was(tmp_path):
    _, dataset = load_by_kloppy("tracab", tmp_path)
    dataset.records[3].other_data = {"kept": 1}
    balls = [frame.ball_coordinates for frame in dataset]
    before = copy.deepcopy(
        [(f.ball_coordinates, f.other_data) for f in dataset]
    )
    filled = fill_kloppy_ball(dataset, found(None, dataset, None)[1])
    assert [(f.ball_coordinates, f.other_data) for f in dataset] == before
    assert isinstance(filled, domain.TrackingDataset) and len(filled) == 80
    assert filled.records[3].other_data["kept"] == 1
    assert filled.metadata == dataset.metadata
    for i, (old, new) in enumerate(zip(dataset, filled, strict=True)):
        assert new is not old and new.dataset is filled
        assert new.players_data == old.players_data
        assert (new.frame_id, new.timestamp) == (old.frame_id, old.timestamp)
        if i not in MISSING:
            assert new.ball_coordinates is balls[i]
    assert filled.records[1].next_record is filled.records[2]


def test_fill_ball_takes_datasets_of_kloppy(model, tmp_path):
    _, dataset = load_by_kloppy("skillcorner", tmp_path)
    filled = fill_ball(dataset, model, batch_size=32, motion=None)
    frames = kloppy_tracking(dataset, model.pitch)
    ours = fill_ball(frames, model, motion=None)
    again = kloppy_tracking(filled, model.pitch)
    np.testing.assert_allclose(again.ball, ours.tracking.ball, atol=1e-2)
    radii = [frame.other_data.get("ball_radius_90", 0) for frame in filled]
    np.testing.assert_allclose(radii, ours.radius_90 * 67 / 68, rtol=0.01)
    assert np.flatnonzero(radii).tolist() == MISSING
    table = filled.to_records("ball_x", "ball_radius_90")
    assert table[3]["ball_x"] == filled.records[3].ball_coordinates.x


def test_a_frame_without_players_keeps_its_missing_ball(model, tmp_path):
    _, dataset = load_by_kloppy("skillcorner", tmp_path)
    dataset.records[4].players_data.clear()
    filled = fill_ball(dataset, model, motion=None)
    assert filled.records[4].ball_coordinates is None
    assert filled.records[4].other_data == {}
    assert filled.records[3].other_data["ball_filled"]


def test_a_part_of_a_game(tmp_path):
    game, dataset = load_by_kloppy("tracab", tmp_path)
    part = dataset.filter(lambda frame: frame.period.id == 2)
    frames = kloppy_tracking(part)
    assert frames.pitch == provider_files.PITCH
    np.testing.assert_allclose(
        frames.ball, game.facing_right()[2][40:], atol=0.006
    )
    given = FilledBall(
        frames.with_ball(np.ones((40, 2))),
        ~frames.has_ball,
        *np.zeros((2, 40)),
        None,
        None,
        None,
    )
    filled = fill_kloppy_ball(part, given)
    again = kloppy_tracking(filled)
    np.testing.assert_allclose(again.ball[3:6], 1, atol=1e-3)
    assert type(filled) is type(part)
