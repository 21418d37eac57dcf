import functools

import numpy as np
import pytest

from convzoo.training.football.hole_frames import hole_frames
from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.runs_of_play import runs_of_play


@functools.cache
def patchy_play(frames=900):
    """Play of 5 Hz with cuts, and without some balls and players."""
    play = simulate_play(frames, seed=3)
    random = np.random.default_rng(0)
    ball, players, time = (
        getattr(play, name).copy() for name in ("ball", "players", "time")
    )
    ball[random.choice(frames, 12, replace=False)] = np.nan
    players[random.choice(frames, 3, replace=False)] = np.nan
    time[frames // 3 :] += 20
    time[frames // 2 :] += 0.5
    return play.with_(ball=ball, players=players, time=time)


def fits(play, run, start, count):
    """Whether a hole fits, one frame after the other."""
    before, after = start - 1, start + count
    if before < 0 or after >= len(play) or run[before] != run[after]:
        return False
    lasts = play.time[after] - play.time[before]
    return (
        all(play.has_ball[frame] for frame in range(before, after + 1))
        and all(play.has_players[frame] for frame in range(start, after))
        and abs(lasts - (count + 1) / 5) <= 0.1
    )


@pytest.mark.parametrize("seconds", [0.2, 1, 2.5, 10])
def test_holes_are_those_of_a_loop(seconds):
    play, passes, most = patchy_play(), 3, 40
    count = round(seconds * 5)
    run, known = runs_of_play(play), play.has_ball
    # Ten seconds between holes of a pass; at most `most` holes.
    every = max(-(-(count + 50) // passes), -(-known.sum() // most))
    expected = []
    for start in range(len(play)):
        apart = expected and known[expected[-1] : start].sum() < every
        if fits(play, run, start, count) and not apart:
            expected.append(start)
    found = hole_frames(play, seconds, passes, most)
    assert found[:, 0].tolist() == expected
    assert found.shape == (len(expected), count)
    assert (np.diff(found, axis=1) == 1).all()
    assert 1 < len(found) <= most


def test_holes_of_a_pass_are_ten_seconds_apart():
    play = patchy_play()
    for passes in (1, 4):
        found = hole_frames(play, 2, passes)
        for first in range(passes):
            holes = found[first::passes]
            assert len(holes) > 3
            for one, other in zip(holes[:-1], holes[1:], strict=True):
                between = play.has_ball[one[-1] + 1 : other[0]]
                assert between.sum() >= 50
    # More passes have more holes.
    assert len(hole_frames(play, 2, 4)) > 2 * len(hole_frames(play, 2, 1))


def test_where_nothing_fits_there_are_no_holes():
    play = simulate_play(30)
    # 28 frames have one before and one after.
    assert hole_frames(play, 5.6).tolist() == [list(range(1, 29))]
    for seconds in (5.8, 1e300, 1e-9):
        assert len(hole_frames(play, seconds)) == 0
    assert not len(hole_frames(play.with_(ball=np.full((30, 2), np.nan)), 1))
    assert not len(hole_frames(play.with_(time=np.zeros(30)), 1))


@pytest.mark.parametrize(
    ("name", "value"), [("seconds", 0), ("passes", 0), ("most", 1.5)]
)
def test_arguments_are_quoted(name, value):
    arguments = {"seconds": 1, name: value}
    with pytest.raises(ValueError, match=f"`{name}`.*Received: {name}"):
        hole_frames(simulate_play(3), **arguments)
