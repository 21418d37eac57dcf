"""thinned and at_all_times, on runs with gaps and uneven times."""

import numpy as np
import pytest

from convzoo.training.football.tracking.thinned import at_all_times, thinned

# Two runs at 25 Hz, with a gap of time, and a run of a single frame.
TIMES = np.concatenate([np.arange(23) / 25, 10 + np.arange(11) / 25, [99.0]])
RUNS = np.repeat([0, 1, 2], [23, 11, 1])


def test_frames_are_the_ends_of_runs_and_those_nearest_to_the_rate():
    expected = set()
    for run in range(3):
        frames = np.flatnonzero(run == RUNS)
        moments = TIMES[frames]
        expected |= {frames[0], frames[-1]}
        moment = moments[0]
        while moment <= moments[-1]:
            expected.add(frames[np.abs(moments - moment).argmin()])
            moment += 0.2
    found = thinned(TIMES, RUNS)
    assert found.tolist() == sorted(expected)
    assert found.tolist()[:6] == [0, 5, 10, 15, 20, 22]


def test_a_rate_above_that_of_the_frames_selects_all():
    found = thinned(TIMES, RUNS, rate=100.0)
    assert found.tolist() == list(range(len(TIMES)))
    assert thinned([], []).tolist() == []


def test_interleaved_runs_are_told_apart():
    runs = np.arange(12) % 2
    times = np.arange(12) / 25
    found = thinned(times, runs, rate=1.0)
    assert found.tolist() == [0, 1, 10, 11]
    values = at_all_times([0.0, 5.0, 10.0, 15.0], found, times, runs)
    np.testing.assert_allclose(values[::2], np.arange(0, 11, 2))
    np.testing.assert_allclose(values[1::2], np.arange(5, 16, 2))


def test_lines_are_restored_and_runs_do_not_mix():
    slopes = np.array([[3.0, -1.0], [-2.0, 4.0], [1.0, 1.0]])
    places = np.expand_dims(TIMES, 1) * slopes[RUNS]
    indices = thinned(TIMES, RUNS)
    found = at_all_times(places[indices], indices, TIMES, RUNS)
    np.testing.assert_allclose(found, places, atol=1e-9)
    # Also numbers, such as radii, in the dtype given.
    radii = np.arange(len(indices), dtype="float32")
    found = at_all_times(radii, indices, TIMES, RUNS)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[indices], radii)
    assert found[2] == pytest.approx(0.4)


def test_beyond_selected_frames_the_nearest_counts_and_unknown_runs_are_nan():
    found = at_all_times([1.0, 2.0], [5, 10], TIMES, RUNS)
    np.testing.assert_allclose(found[:6], 1)
    np.testing.assert_allclose(found[10:23], 2)
    assert np.isnan(found[23:]).all()


def test_what_cannot_be_used_is_quoted():
    with pytest.raises(ValueError, match="`rate`.*Received: rate=0"):
        thinned(TIMES, RUNS, rate=0)
    with pytest.raises(ValueError, match="`times` and `runs`.*shape \\(3,\\)"):
        thinned(TIMES, RUNS[:3])
    with pytest.raises(ValueError, match="`times` must increase.*run 0"):
        thinned(TIMES[::-1], RUNS)
    with pytest.raises(ValueError, match="same length.*\\(2,\\).*\\(1,\\)"):
        at_all_times([1.0, 2.0], [3], TIMES, RUNS)
    for bad in ([3, 3], [4, 3], [-1, 3], [3, len(TIMES)]):
        with pytest.raises(ValueError, match="`indices` must increase"):
            at_all_times([1.0, 2.0], bad, TIMES, RUNS)
