import numpy as np
import pytest

from convzoo.training.football.follow_ball import follow_ball
from convzoo.training.football.motion_frames import with_known_balls
from convzoo.training.football.motion_game import motion_game
from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.runs_of_play import (
    frame_times,
    runs_of_play,
)
from convzoo.zoo import BallMotion, BallPositionPredictor
from tests.support import randomized

pytestmark = pytest.mark.usefixtures("uncompiled")
SMALL = {"width": 8, "dilations": (1, 2), "dropout": 0}


@pytest.fixture(scope="module")
def ball_model():
    return randomized(
        BallPositionPredictor(width=8, depth=1, heads=1, map_width=4)
    )


@pytest.fixture(scope="module")
def motion():
    return randomized(BallMotion(**SMALL))


def followed(play, ball_model, motion):
    game = motion_game(play, ball_model, motion.frame_rate)
    times, runs = frame_times(play), runs_of_play(play)
    return follow_ball(game, motion, times, runs, play.ball)


def hidden(play, *parts):
    ball = play.ball.copy()
    for part in parts:
        ball[part] = np.nan
    return play.with_ball(ball)


def test_windows_of_a_long_run_are_the_whole(ball_model, motion):
    """What a window sees at its sides is more than the receptive field."""
    play = hidden(simulate_play(700), slice(20, 690))
    game = motion_game(play, ball_model, 5.0)
    found = followed(play, ball_model, motion)
    inputs = with_known_balls(
        game.inputs, play.time, play.time, play.ball, causal=False
    )
    views = []
    for signs in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        factor = np.array(signs, "float32")
        seen = {
            name: np.expand_dims(
                each if name == "evidence" else each * factor, 0
            )
            for name, each in inputs.items()
        }
        views.append(motion.predict(seen, verbose=0)["position"][0] * factor)
    whole = np.mean(views, axis=0)
    np.testing.assert_allclose(found.position[20:690], whole[20:690], atol=2e-3)


@pytest.mark.parametrize("rate", [5.0, 25.0])
def test_known_balls_stay_and_no_radius_is_0(rate, ball_model, motion):
    play = simulate_play(round(16 * rate), rate)
    second = round(rate)
    given = hidden(play, slice(5 * second, 7 * second), [10 * second])
    found = followed(given, ball_model, motion)
    known = given.has_ball
    np.testing.assert_allclose(
        found.position[known], play.ball[known], atol=1e-4
    )
    assert (found.radius_50 >= 0.1).all() and (found.radius_90 >= 0.3).all()


def test_a_mirrored_game_has_the_mirrored_path(ball_model, motion):
    play = hidden(simulate_play(60), slice(10, 40))
    signs = np.array([-1, 1], "float32")
    other = play.with_(
        players=play.players * signs,
        velocities=play.velocities * signs,
        ball=play.ball * signs,
    )
    ball_model = type(ball_model).from_config(
        {**ball_model.get_config(), "flips": True}
    )
    one, two = (
        followed(each, ball_model, motion).position for each in (play, other)
    )
    np.testing.assert_allclose(one * signs, two, atol=1e-2)


def test_looking_back_only_sees_no_later_frame(ball_model):
    causal = randomized(BallMotion(**SMALL, causal=True))
    play = hidden(simulate_play(60), slice(10, 30), slice(35, 60))
    whole = followed(play, ball_model, causal)
    cut = followed(play[:34], ball_model, causal)
    np.testing.assert_allclose(whole.position[:34], cut.position, atol=1e-3)
    np.testing.assert_allclose(whole.radius_90[:34], cut.radius_90, atol=1e-3)


def test_runs_do_not_see_each_other(ball_model, motion):
    play = hidden(simulate_play(60), slice(5, 25), slice(35, 60))
    apart = play.with_(time=play.time + 100.0 * (np.arange(60) >= 30))
    found = followed(apart, ball_model, motion)
    parts = [
        followed(apart[part], ball_model, motion)
        for part in (slice(30), slice(30, 60))
    ]
    np.testing.assert_allclose(
        found.position,
        np.concatenate([part.position for part in parts]),
        atol=1e-3,
    )


@pytest.mark.parametrize("frames", [1, 2])
def test_a_few_frames(frames, ball_model, motion):
    play = hidden(simulate_play(3), slice(3))[:frames]
    found = followed(play, ball_model, motion)
    assert np.isfinite(found.position).all()


def test_slow_files_are_followed(ball_model, motion):
    """Between frames, moments have no prediction."""
    play = hidden(simulate_play(40, 2.0), slice(10, 30))
    found = followed(play, ball_model, motion)
    assert np.isfinite(found.position).all()
    assert len(np.unique(runs_of_play(play))) == 1
