import numpy as np
import pytest

from convzoo.training.football.tracking.running_velocities import (
    running_velocities,
)


def fitted(positions, who, times, periods, reach):
    """Slopes by NumPy's polynomial fit, for each player and frame."""
    found = np.full(positions.shape, np.nan)
    for frame, column in np.ndindex(who.shape):
        if who[frame, column] < 0:
            continue
        near = (
            (np.abs(times - times[frame]) <= reach)
            & (periods == periods[frame])
            & (who[:, column] == who[frame, column])
        )
        if near.sum() > 1:
            found[frame, column] = np.polyfit(
                times[near] - times[frame], positions[near, column], 1
            )[0]
    return found


def motion(rate, frames=30, seed=0):
    random = np.random.default_rng(seed)
    times = np.tile(np.arange(frames) / rate, 2)
    periods = np.repeat([1, 2], frames)
    positions = np.cumsum(random.normal(0, 1 / rate, (2 * frames, 3, 2)), 0)
    who = np.tile([4, 7, 2], (2 * frames, 1))
    # A player is replaced by another in the same column.
    who[12:, 1] = 9
    who[20:24, 2] = -1
    who[40, 2] = 5
    positions[who < 0] = np.nan
    return positions, who, times, periods


@pytest.mark.parametrize("rate", [25, 10, 5])
def test_lines_of_least_squares(rate):
    given = motion(rate)
    np.testing.assert_allclose(
        running_velocities(*given),
        fitted(*given, 0.2 + 0.01),
        atol=1e-8,
    )


def test_constant_velocity_and_acceleration():
    times = np.arange(40) / 25
    t = np.expand_dims(times, (1, 2))
    speed, pull = np.array([[[3.0, -4.0]]]), np.array([[[2.0, 1.0]]])
    who, periods = np.zeros((40, 1), int), np.ones(40, int)
    found = running_velocities(speed * t, who, times, periods)
    np.testing.assert_allclose(found, np.tile(speed, (40, 1, 1)), atol=1e-9)
    place = speed * t + pull * t**2 / 2
    found = running_velocities(place, who, times, periods)
    np.testing.assert_allclose(found[5:-5], (speed + pull * t)[5:-5], atol=1e-9)


def test_five_hertz_is_a_central_difference():
    random = np.random.default_rng(1)
    place = np.cumsum(random.normal(0, 0.5, (9, 2, 2)), 0)
    who = np.tile([0, 1], (9, 1))
    found = running_velocities(place, who, np.arange(9) / 5, np.ones(9, int))
    np.testing.assert_allclose(found[1:-1], (place[2:] - place[:-2]) / 0.4)
    np.testing.assert_allclose(found[0], (place[1] - place[0]) / 0.2)


def test_what_nobody_can_know():
    place = np.zeros((6, 1, 2))
    place[:, 0, 0] = [0, 1, 2, 50, 51, 52]
    who, periods = np.zeros((6, 1), int), np.ones(6, int)
    # 48 m in 0.5 s is a change of identity.
    found = running_velocities(place, who, np.arange(6) * 0.5, periods)
    assert np.isnan(found[[2, 3]]).all()
    np.testing.assert_allclose(found[[0, 1, 4, 5], 0, 0], 2)
    # Too large steps, constant times, a single frame and no frame.
    for times in (np.arange(6) * 0.6, np.zeros(6)):
        assert np.isnan(running_velocities(place, who, times, periods)).all()
    alone = running_velocities(place[:1], who[:1], np.zeros(1), periods[:1])
    assert alone.shape == (1, 1, 2) and np.isnan(alone).all()
    assert running_velocities(
        place[:0], who[:0], np.zeros(0), periods[:0]
    ).shape == (0, 1, 2)
    # Each period has a single frame.
    split = running_velocities(place, who, np.zeros(6), np.arange(6))
    assert np.isnan(split).all()
