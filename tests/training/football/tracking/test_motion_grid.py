import numpy as np
import pytest

from convzoo.training.football.tracking.motion_grid import motion_grid


def looped(times, runs, rate, preferred):
    """The chosen frames of each run, moment by moment."""
    chosen = []
    for run in np.unique(runs):
        frames = np.flatnonzero(runs == run)
        since = (times[frames] - times[frames[0]]) * rate
        for moment in range(int(np.floor(since[-1] + 0.5)) + 1):
            near = frames[np.floor(since + 0.5) == moment]
            if not len(near):
                chosen.append(-1)
                continue
            if preferred[near].any():
                near = near[preferred[near]]
            off = np.abs((times[near] - times[frames[0]]) * rate - moment)
            chosen.append(near[off.argmin()])
    return chosen


@pytest.mark.parametrize("rate", [3.0, 5.0, 25.0])
def test_frames_are_those_of_a_loop(rate):
    random = np.random.default_rng(0)
    runs = np.repeat([0, 1, 4], [70, 1, 40])
    times = random.uniform(0.02, 0.06, len(runs)).cumsum()
    times[runs == 4] += 0.5 * (np.arange(111) > 90)[runs == 4]
    preferred = random.random(len(runs)) < 0.2
    grid = motion_grid(times, runs, rate, preferred)
    assert grid.frames.tolist() == looped(times, runs, rate, preferred)
    there = grid.frames >= 0
    np.testing.assert_array_equal(grid.times[there], times[grid.frames[there]])
    np.testing.assert_array_equal(grid.runs[there], runs[grid.frames[there]])
    assert [runs_.stop - runs_.start for runs_ in grid.stretches] == [
        np.count_nonzero(grid.runs == run) for run in (0, 1, 4)
    ]


def test_frames_at_the_rate_are_all_there():
    times = np.arange(50) * 0.2 + 7
    grid = motion_grid(times, np.zeros(50, int), 5.0, np.zeros(50, bool))
    assert grid.frames.tolist() == list(range(50))


def test_moments_between_slow_frames_have_none():
    times = np.arange(4) * 0.6
    grid = motion_grid(times, np.zeros(4, int), 5.0, np.zeros(4, bool))
    assert grid.frames.tolist() == [0, -1, -1, 1, -1, -1, 2, -1, -1, 3]
    np.testing.assert_allclose(grid.times, np.arange(10) * 0.2)


def test_a_frame_without_a_time_is_kept():
    times = np.array([0.0, np.nan, 0.2, 0.4])
    grid = motion_grid(times, np.array([0, 1, 2, 2]), 5.0, np.zeros(4, bool))
    assert grid.frames.tolist() == [0, 1, 2, 3]
