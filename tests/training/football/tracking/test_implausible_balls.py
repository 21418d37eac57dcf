import time

import numpy as np
import pytest

from convzoo.training.football.tracking.implausible_balls import (
    implausible_balls,
)

TIMES = np.arange(60) * 0.2
BALL = np.stack([4 * TIMES - 20, np.sin(TIMES)], axis=1)
RUNS = np.zeros(60, int)


@pytest.mark.parametrize(
    "frames", [[30], [30, 31], [0], [59], [10, 40], [10, 12, 14]]
)
def test_balls_that_jump_away_and_back(frames):
    ball = BALL.copy()
    # Each at another place, 40 m away and more.
    ball[frames] += [[40 * (1 + index % 2), 20] for index in range(len(frames))]
    found = implausible_balls(TIMES, RUNS, ball)
    assert np.flatnonzero(found).tolist() == frames


def test_gaps_do_not_hide_them():
    ball = BALL.copy()
    ball[30, 1] += 60
    ball[[28, 29, 31, 32]] = np.nan
    found = implausible_balls(TIMES, RUNS, ball)
    assert np.flatnonzero(found).tolist() == [30]


def test_what_may_happen_is_kept():
    """A shot, a gap, another run of play, and a ball that stays away."""
    ball = BALL.copy()
    ball[20:] += [8, 0]
    assert not implausible_balls(TIMES, RUNS, ball).any()
    ball[30:40] = np.nan
    ball[40:] += [60, 0]
    assert not implausible_balls(TIMES, RUNS, ball).any()
    away = np.where(np.expand_dims(TIMES > 6, 1), BALL + 50, BALL)
    assert not implausible_balls(TIMES, RUNS, away).any()
    assert not implausible_balls(TIMES, (TIMES > 6) * 1, away).any()


def test_unknown_balls():
    assert not implausible_balls(TIMES, RUNS, np.full((60, 2), np.nan)).any()


def test_half_an_hour_at_25_hz_takes_a_moment():
    """One run of play of 45,000 frames, with a wrong ball."""
    times = np.arange(45_000) / 25
    ball = np.stack([np.sin(times) * 30, np.cos(times) * 20], axis=1)
    ball[20_000] += 60
    start = time.process_time()
    found = implausible_balls(times, np.zeros(45_000, int), ball)
    assert np.flatnonzero(found).tolist() == [20_000]
    # Comparing pieces with frames took minutes.
    assert time.process_time() - start < 5
