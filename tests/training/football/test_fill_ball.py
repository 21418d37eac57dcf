import numpy as np
import pytest

from convzoo.training.football.fill_ball import fill_ball
from convzoo.training.football.follow_ball import follow_ball
from convzoo.training.football.motion_game import motion_game
from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo import BallMotion, BallPositionPredictor
from tests.support import randomized

pytestmark = pytest.mark.usefixtures("uncompiled")


def tracking(**arguments):
    random = np.random.default_rng(0)
    players = random.uniform((-45, -30), (45, 30), (7, 5, 2))
    players[2, 1] = players[5] = np.nan
    ball = random.uniform((-45, -30), (45, 30), (7, 2))
    ball[[1, 2, 5]] = np.nan
    team = np.tile([0, 1, 1, 0, 0], (7, 1))
    return Tracking(players, team, ball=ball, **arguments)


@pytest.fixture(scope="module")
def model():
    return randomized(
        BallPositionPredictor(width=8, depth=1, heads=1, map_width=4)
    )


@pytest.fixture(scope="module")
def motion():
    return randomized(BallMotion(width=8, dilations=(1, 2)))


@pytest.mark.parametrize("flips", [False, True])
def test_the_ball_is_followed_through_known_ones(flips, model, motion):
    play = simulate_play(50)
    ball = play.ball.copy()
    ball[10:30] = np.nan
    given = play.with_ball(ball)
    found = fill_ball(given, model, motion=motion, flips=flips)
    assert np.flatnonzero(found.filled).tolist() == list(range(10, 30))
    known = ~found.filled
    np.testing.assert_array_equal(found.tracking.ball[known], ball[known])
    answer = follow_ball(
        motion_game(given, model, 5.0, flips=flips),
        motion,
        play.time,
        np.zeros(50, int),
        ball,
    )
    np.testing.assert_allclose(
        found.tracking.ball[10:30], answer.position[10:30], atol=1e-4
    )
    np.testing.assert_allclose(
        found.radius_90[10:30], answer.radius_90[10:30], atol=1e-4
    )
    assert (found.radius_50[known] == 0).all()
    assert ((found.certainty > 0) & (found.carrier >= 0)).all()


def test_frames_without_players_are_followed_past_known_balls(model):
    play = simulate_play(30)
    players, ball = play.players.copy(), play.ball.copy()
    players[10:12] = players[20:] = np.nan
    ball[5:] = np.nan
    given = play.with_(players=players, ball=ball)
    motions = [
        randomized(BallMotion(width=8, dilations=(1,), causal=causal))
        for causal in (False, True)
    ]
    for motion in motions:
        found = fill_ball(given, model, motion=motion)
        assert np.isfinite(found.tracking.ball).all()
        assert (found.carrier[20:] == -1).all()
    # Looking back only, nothing is known of a ball that comes later.
    ball[:5], ball[15] = np.nan, 0
    later = given.with_(ball=ball)
    smooth, causal = (
        fill_ball(later, model, motion=motion).filled for motion in motions
    )
    assert smooth[10:12].all() and not causal[10:12].any()


def test_a_ball_at_a_wrong_place_is_told_and_replaced(model, motion):
    play = simulate_play(50)
    ball = play.ball.copy()
    ball[20] = -ball[20] + 40
    ball[20] = ball[20].clip(-50, 50)
    assert np.linalg.norm(ball[20] - play.ball[20]) > 30
    with pytest.warns(
        UserWarning, match="back in 1 of 50 frames, the first is"
    ):
        found = fill_ball(play.with_ball(ball), model, motion=motion)
    assert np.flatnonzero(found.filled).tolist() == [20]


@pytest.mark.parametrize(
    ("name", "value"), [("motion", "fast"), ("motion", 1), ("data_rate", 0)]
)
def test_options_are_checked(name, value, model):
    with pytest.raises(ValueError, match=rf"`{name}`.*Received"):
        fill_ball(tracking(), model, **{name: value})


def test_what_is_missing_is_filled(model):
    given = tracking()
    found = fill_ball(given, model, batch_size=3, motion=None)
    outputs = model.predict(given.inputs(), verbose=0)
    assert found.filled.tolist() == [False, True, True, *[False] * 4]
    ball = found.tracking.ball
    np.testing.assert_array_equal(ball[[0, 3]], given.ball[[0, 3]])
    np.testing.assert_allclose(ball[1:3], outputs["position"][1:3], atol=1e-3)
    np.testing.assert_allclose(
        found.radius_90[1:3], outputs["radius_90"][1:3], atol=1e-3
    )
    assert np.all(found.radius_50[[0, 3, 4, 6]] == 0)
    # Frame 5 has no players.
    assert np.isnan(ball[5]).all() and np.isnan(found.radius_90[5])
    assert found.carrier[5] == -1 and np.isnan(found.team[5])
    assert found.carrier[0] == outputs["carrier"][0].argmax()
    # The input is unchanged.
    assert np.isnan(given.ball[1]).all()


def test_a_ball_on_another_pitch_is_in_its_metres(model):
    given = tracking(pitch=(110.0, 70.0))
    found = fill_ball(given, model, motion=None)
    same = fill_ball(given.scaled_to(model.pitch), model, motion=None)
    assert found.tracking.pitch == (110, 70) and found.filled.sum() == 2
    np.testing.assert_allclose(
        found.tracking.ball,
        same.tracking.ball * (110 / 105, 70 / 68),
        atol=1e-3,
    )
    np.testing.assert_array_equal(
        found.tracking.players, tracking(pitch=(110.0, 70.0)).players
    )


@pytest.mark.parametrize("given", [None, {"players": 1}, np.zeros((3, 22, 2))])
def test_other_things_are_refused(given, model):
    with pytest.raises(ValueError, match="`tracking` must be a Tracking, or a"):
        fill_ball(given, model, motion=None)


def test_pictures_say_nothing_of_who():
    model = BallPositionPredictor(
        sees="image", map_width=4, spatial="plain", pixels_per_metre=1.0
    )
    play = simulate_play(6)
    ball = play.ball.copy()
    ball[:4] = np.nan
    found = fill_ball(play.with_ball(ball), model, motion=None)
    np.testing.assert_array_equal(found.filled, [1, 1, 1, 1, 0, 0])
    assert np.isfinite(found.tracking.ball).all()
    assert np.all(found.radius_90[:4] > found.radius_50[:4])
    np.testing.assert_array_equal(found.carrier, -1)
    assert np.isnan(found.team).all()
