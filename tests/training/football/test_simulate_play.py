import numpy as np
import pytest

from convzoo.training.football.ball_quality import nearest_players
from convzoo.training.football.simulate_play import simulate_play


def test_players_run_as_they_are_said_to():
    play = simulate_play(400, frame_rate=10)
    moved = np.diff(play.players, axis=0) * 10
    inside = (np.abs(play.players[1:]) < (52, 33.5)).all(2)
    np.testing.assert_allclose(
        moved[inside], play.velocities[1:][inside], atol=1e-2
    )
    assert np.linalg.norm(play.velocities, axis=2).max() <= 7.001


def test_the_ball_is_passed_and_won():
    play = simulate_play(2000)
    nearest = nearest_players(play)
    distances = np.linalg.norm(
        play.players[np.arange(2000), nearest] - play.ball, axis=1
    )
    assert 0.5 < np.mean(distances < 1.5) < 0.98
    assert len(np.unique(nearest)) > 15
    sides = play.team[np.arange(2000), nearest]
    assert 0.2 < sides.mean() < 0.8
    assert np.abs(play.ball).max() < 60
    speed = np.linalg.norm(np.diff(play.ball, axis=0), axis=1) * 5
    assert np.mean(speed > 10) > 0.05


def test_it_depends_on_the_seed_alone():
    one, other, third = (simulate_play(20, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.ball, other.ball)
    assert not np.array_equal(one.ball, third.ball)


@pytest.mark.parametrize(
    ("name", "value"), [("frames", 0), ("frame_rate", -1), ("seed", 0.5)]
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*Received: {name}"):
        simulate_play(**{"frames": 3, name: value})
