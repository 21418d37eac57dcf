"""Velocities of files with times and positions only."""

import numpy as np
import pytest

from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.read_tracking import read_tracking
from convzoo.training.football.tracking.running_velocities import (
    running_velocities,
)
from convzoo.training.football.tracking.timed_velocities import (
    with_timed_velocities,
)
from convzoo.training.football.tracking.tracking import Tracking
from tests.training.football.tracking.moved_columns import (
    permuted,
    rows_of_players,
)


def game(frames=30, rate=5.0):
    play = simulate_play(frames, rate)
    return {"players": play.players, "team": play.team, "time": play.time}


def written(path, arrays):
    """The arrays as a file of this suffix."""
    if path.suffix == ".npz":
        np.savez(path, **arrays)
        return path
    sides = ["home", "away"]
    names = [f"{sides[t]}_{i}" for i, t in enumerate(arrays["team"][0])]
    head = ",".join(f"{name}_{axis}" for name in names for axis in "xy")
    rows = [
        ",".join(["" if np.isnan(n) else repr(float(n)) for n in row])
        for row in arrays["players"].reshape(len(arrays["team"]), -1)
    ]
    times = ["" if np.isnan(t) else repr(float(t)) for t in arrays["time"]]
    lines = [
        f"{i},{t},{r}" for i, (t, r) in enumerate(zip(times, rows, strict=True))
    ]
    path.write_text("\n".join([f"frame,time,{head}", *lines]))
    return path


@pytest.mark.parametrize("rate", [5.0, 25.0])
@pytest.mark.parametrize("name", ["game.csv", "game.npz"])
def test_they_are_those_of_running_velocities(name, rate, tmp_path):
    arrays = game(rate=rate)
    arrays["players"][7, 3] = np.nan
    found = read_tracking(written(tmp_path / name, arrays)).velocities
    who = np.where(np.isnan(arrays["players"][..., 0]), -1, np.arange(22))
    expected = running_velocities(
        arrays["players"].astype("float64"),
        who,
        arrays["time"],
        np.zeros(30, int),
    )
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.isnan(found[7, 3]).all() and np.isfinite(found[8, 3]).all()


def test_players_are_followed_from_column_to_column(tmp_path):
    play = rows_of_players(30)
    order, moved = permuted(play)
    kept, found = (
        read_tracking(
            written(
                tmp_path / f"{name}.npz",
                {n: getattr(one, n) for n in ("players", "team", "time")},
            )
        ).velocities
        for name, one in (("kept", play), ("moved", moved))
    )
    rows = np.arange(30)[:, None]
    np.testing.assert_array_equal(found, kept[rows, order])
    assert np.isfinite(found).all()


def test_gaps_repeats_and_jumps_split():
    """Each run has the velocities that it has alone."""
    arrays = game(40)
    time = arrays["time"].copy()
    time[10:] += 30
    time[20:] -= 100
    time[30:] -= time[30] - time[29]
    time[35] = np.nan
    found = with_timed_velocities(Tracking(**{**arrays, "time": time}))
    for start, end in ((0, 10), (10, 20), (20, 30), (30, 35), (36, 40)):
        run = slice(start, end)
        part = {name: arrays[name][run] for name in ("players", "team")}
        part["time"] = time[run]
        alone = with_timed_velocities(Tracking(**part)).velocities
        np.testing.assert_allclose(found.velocities[run], alone, atol=1e-4)
        assert np.isfinite(alone).all()
    assert np.isnan(found.velocities[35]).all()


def test_what_is_given_or_not_to_be_known_stays():
    arrays = game()
    velocities = np.full_like(arrays["players"], np.nan)
    velocities[3, 4] = 1, 2
    given = Tracking(**arrays, velocities=velocities)
    assert with_timed_velocities(given) is given
    for time in (None, 20 * arrays["time"], arrays["time"][::-1]):
        found = with_timed_velocities(Tracking(**{**arrays, "time": time}))
        assert np.isnan(found.velocities).all()


def test_milliseconds_are_refused(tmp_path):
    arrays = game(rate=25.0)
    arrays["time"] = 1000 * arrays["time"]
    with pytest.raises(ValueError, match=r"a\.csv: `time`.*steps of 40.*1000"):
        read_tracking(written(tmp_path / "a.csv", arrays))
