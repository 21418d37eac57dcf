import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline

from convzoo.training.football.tracking.known_paths import known_paths

TIMES = np.arange(0, 6, 0.2)
BALL = np.stack([np.sin(TIMES) * 20, TIMES**2], axis=1)


def with_holes(*holes):
    ball = BALL.copy()
    for start, stop in holes:
        ball[start:stop] = np.nan
    return ball


def test_the_curve_is_a_hermite_spline():
    found = known_paths(TIMES, with_holes((6, 14)), TIMES)
    before, after = np.diff(BALL, axis=0)[[4, 14]] / 0.2
    spline = CubicHermiteSpline(TIMES[[5, 14]], BALL[[5, 14]], [before, after])
    at = TIMES[6:14]
    np.testing.assert_allclose(found.curve[6:14], spline(at), atol=1e-9)
    np.testing.assert_allclose(
        found.curve_velocity[6:14], spline(at, 1), atol=1e-9
    )


def test_the_line_is_straight():
    ball = with_holes((6, 14), (16, 29))
    known = ~np.isnan(ball[:, 0])
    at = np.linspace(0, 5.8, 77)
    found = known_paths(TIMES, ball, at)
    for axis in range(2):
        expected = np.interp(at, TIMES[known], ball[known, axis])
        np.testing.assert_allclose(found.line[:, axis], expected, atol=1e-9)


def test_a_straight_roll_stays_one_over_any_hole():
    roll = np.stack([3 * TIMES - 4, 5 - TIMES], axis=1)
    ball = roll.copy()
    ball[3:9] = np.nan
    found = known_paths(TIMES, ball, TIMES)
    np.testing.assert_allclose(found.curve, roll, atol=1e-9)
    np.testing.assert_allclose(found.line, roll, atol=1e-9)


def test_velocities_act_for_two_seconds():
    """Over a long hole, a ball does not go on as it left."""
    times = np.array([0.0, 0.2, 20.2])
    ball = np.array([[0, 0], [4, 0], [4, 0]])
    found = known_paths(times, ball, np.linspace(0.2, 20.2, 101))
    assert 4 < found.curve[:, 0].max() < 4 + 20 * 2 * 4 / 27 + 1e-6


@pytest.mark.parametrize("causal", [False, True])
def test_one_known_side(causal):
    ball = with_holes((0, 10), (13, 30))
    found = known_paths(TIMES, ball, TIMES, causal)
    going = (BALL[12] - BALL[11]) / 0.2
    np.testing.assert_allclose(found.line[20], BALL[12])
    np.testing.assert_allclose(found.curve[14], BALL[12] + 0.4 * going)
    np.testing.assert_allclose(found.curve[29], BALL[12] + going)
    np.testing.assert_allclose(found.since[14], 0.4)
    assert np.isinf(found.until[14]) and np.isinf(found.since[3])
    if causal:
        assert np.isnan(found.curve[:10]).all()
        assert np.isinf(found.until).all()
    else:
        np.testing.assert_allclose(found.line[3], BALL[10])
        np.testing.assert_allclose(found.until[3], 1.4)


def test_looking_back_only_sees_no_later_ball():
    whole = known_paths(TIMES, with_holes((6, 14)), TIMES, causal=True)
    cut = known_paths(
        TIMES[:20], with_holes((6, 14))[:20], TIMES[:20], causal=True
    )
    for a, b in zip(whole, cut, strict=True):
        np.testing.assert_array_equal(a[:20], b)


@pytest.mark.parametrize("causal", [False, True])
def test_known_balls_are_on_both_paths(causal):
    found = known_paths(TIMES, with_holes((6, 14)), TIMES, causal)
    known = np.r_[0:6, 14:30]
    np.testing.assert_array_equal(found.curve[known], BALL[known])
    np.testing.assert_array_equal(found.line[known], BALL[known])
    assert (found.since[known] == 0).all()


def test_without_a_known_ball():
    found = known_paths(TIMES, np.full_like(BALL, np.nan), TIMES)
    assert np.isnan(found.curve).all() and np.isnan(found.line).all()
    assert np.isinf(found.since).all() and np.isinf(found.until).all()
