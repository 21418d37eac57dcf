import numpy as np
import pytest

from convzoo.training.football.interpolate_ball import interpolate_ball
from convzoo.training.football.simulate_play import simulate_play


def play_of(ball, missing, **arrays):
    """Play of 5 Hz with these balls, some of them missing."""
    ball = np.array(ball, "float32")
    ball[missing] = np.nan
    return simulate_play(len(ball)).with_(ball=ball, **arrays)


def polynomial(time, *coefficients):
    return np.stack(
        [np.polyval(coefficients, time), np.polyval(coefficients, -time)], 1
    )


@pytest.mark.parametrize(
    ("nodes", "coefficients"),
    [(1, (3, -2)), (2, (1, 3, -2)), (2, (0.5, 1, 3, -2))],
)
def test_polynomials_are_filled_exactly(nodes, coefficients):
    random = np.random.default_rng(0)
    time = np.cumsum(random.uniform(0.1, 0.3, 20))
    ball = polynomial(time, *coefficients)
    missing = [3, 4, 5, 6, 9, 10, 11]
    found = interpolate_ball(play_of(ball, missing, time=time), nodes)
    np.testing.assert_allclose(found, ball, rtol=1e-4, atol=1e-4)
    fewer = interpolate_ball(play_of(ball, missing, time=time), 1)
    exact = np.allclose(fewer, ball, atol=1e-2)
    assert exact == (nodes == 1)


def test_balls_of_other_runs_do_not_count():
    time = np.arange(30) / 5
    time[15:] += 10
    ball = polynomial(time, 1, 0)
    # A run of two frames before and one after a hole; ends of runs.
    missing = [0, 5, 6, 13, 14, 15, 18, 19, 20, 29]
    ball[15:] += 100
    found = interpolate_ball(play_of(ball, missing, time=time), 2)
    unknown = np.isnan(found[:, 0])
    assert np.flatnonzero(unknown).tolist() == [0, 13, 14, 15, 29]
    np.testing.assert_allclose(found[~unknown], ball[~unknown], rtol=1e-5)
    outside = np.isnan(found).any(axis=1) != np.isnan(found).all(axis=1)
    assert not outside.any()


def test_with_fewer_balls_the_degree_is_lower():
    time = np.arange(9) / 5
    # One known ball before the hole and two after it: a parabola.
    ball = polynomial(time, 2, -1, 3)
    found = interpolate_ball(play_of(ball[:6], [1, 2, 3]), 2)
    np.testing.assert_allclose(found, ball[:6], rtol=1e-4)
    # One on each side: a line.
    found = interpolate_ball(play_of(ball[:5], [1, 2, 3]), 2)
    np.testing.assert_allclose(found, np.linspace(ball[0], ball[4], 5), 1e-5)


def test_known_balls_stay_and_nothing_known_fills_nothing():
    play = simulate_play(6)
    np.testing.assert_array_equal(interpolate_ball(play), play.ball)
    nothing = play.with_(ball=np.full((6, 2), np.nan))
    assert np.isnan(interpolate_ball(nothing, 2)).all()
    with pytest.raises(ValueError, match="`nodes`.*Received: nodes=0"):
        interpolate_ball(play, 0)
