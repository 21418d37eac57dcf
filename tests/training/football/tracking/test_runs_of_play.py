import numpy as np
import pytest

from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.runs_of_play import (
    frame_times,
    runs_of_play,
)
from convzoo.training.football.tracking.tracking import Tracking

NO_TIME = np.nan


def runs_by_loops(game, step=0.2):
    """The rule, one pair of players after the other."""
    times = game.time
    if np.isnan(times).all():
        times = [step * frame for frame in range(len(game))]
    runs = [0]
    for frame in range(len(game) - 1):
        seconds = times[frame + 1] - times[frame]
        new = not 0 < seconds <= 1.01
        if not new:
            new = players_jump(game, frame, 13 * seconds + 1.5)
        runs.append(runs[-1] + new)
    return runs


def players_jump(game, frame, reach):
    seen = [
        [
            (team, place)
            for team, place in zip(game.team[f], game.players[f], strict=True)
            if not np.isnan(place[0])
        ]
        for f in (frame, frame + 1)
    ]
    fewer, more = sorted(seen, key=len)
    near = [
        [
            other
            for other, (side, there) in enumerate(more)
            if team == side and np.hypot(*(place - there)) <= reach
        ]
        for team, place in fewer
    ]
    return len(fewer) >= 4 and 4 * most_pairs(near) < 3 * len(fewer)


def most_pairs(near):
    """Maximum number of disjoint pairs, by augmenting paths (Kuhn 1955)."""
    partner = {}

    def find(one, tried):
        for other in set(near[one]) - tried:
            tried.add(other)
            if other not in partner or find(partner[other], tried):
                partner[other] = one
                return True
        return False

    return sum(find(one, set()) for one in range(len(near)))


def cut_play(seed=0):
    """Pieces of simulated play in any order, with hidden players."""
    random = np.random.default_rng(seed)
    game = simulate_play(240, seed=seed)
    order = np.concatenate(random.permutation(np.arange(240).reshape(20, 12)))
    game = game[order].with_(time=np.arange(240) / 5)
    players, time = game.players.copy(), game.time.copy()
    # Between none and all of the players of a piece are hidden.
    hidden = (
        random.random((240, 22)) < np.repeat(random.random(20), 12)[:, None]
    )
    players[hidden] = np.nan
    time[[30, 77]] = np.nan
    time[120:] += 5
    time[200] = time[199]
    time[220:] -= 40
    return game.with_(players=players, time=time)


@pytest.mark.parametrize("known", [True, False])
def test_runs_are_those_of_a_loop(known):
    game = cut_play()
    if not known:
        game = game.with_(time=np.full(240, np.nan))
    runs = runs_of_play(game)
    np.testing.assert_array_equal(runs, runs_by_loops(game))
    assert runs.dtype.kind == "i"
    assert 10 < runs[-1] < 140


def test_play_without_cuts_is_one_run_whatever_the_columns():
    game = simulate_play(60, seed=1)
    assert not runs_of_play(game).any()
    random = np.random.default_rng(0)
    columns = np.stack([random.permutation(11) for _ in range(60)])
    columns = np.concatenate([columns, columns + 11], axis=1)
    mixed = np.take_along_axis(game.players, columns[:, :, None], axis=1)
    assert not runs_of_play(game.with_(players=mixed)).any()
    # Two in the place of one are not both the one.
    crowd = game.players.copy()
    crowd[30:, 1:4] = crowd[30:, :1]
    crowd[30:, 12:15] = crowd[30:, 11:12]
    assert runs_of_play(game.with_(players=crowd))[29:31].tolist() == [0, 1]
    # Somebody of the other team in the same place is somebody else.
    other = game.team.copy()
    other[30:] = 1 - other[30:]
    assert runs_of_play(game.with_(team=other))[29:31].tolist() == [0, 1]


def test_time_ends_runs():
    game = simulate_play(8, seed=1)
    time = np.array([0, 0.2, 1.2, 2.4, 2.4, 2.6, 1.0, 1.2])
    runs = runs_of_play(game.with_(time=time))
    assert runs.tolist() == [0, 0, 0, 1, 2, 2, 3, 3]
    time = np.array([0, 0.2, NO_TIME, 0.6, 0.8, 1, 1.2, 1.4])
    runs = runs_of_play(game.with_(time=time))
    assert runs.tolist() == [0, 0, 1, 2, 2, 2, 2, 2]


def standing(x, others=()):
    """Frames of players in a row, at these distances from the first frame."""
    x = np.asarray(x, "float32")[:, None] + 10 * np.arange(-2, 3)[None]
    players = np.stack([x, np.zeros_like(x)], axis=2)
    for frame, player in others:
        players[frame, player] = np.nan
    return Tracking(players, np.zeros(x.shape, int))


def test_players_go_on_as_far_as_they_can_run():
    # 13 m/s * 0.2 s + 1.5 m = 4.1 m, in rows of 10 m.
    assert runs_of_play(standing([0, 4.05, 0])).tolist() == [0, 0, 0]
    assert runs_of_play(standing([0, 4.15, 8])).tolist() == [0, 1, 1]
    # The same way takes longer.
    assert runs_of_play(standing([0, 4.15]), step=0.3).tolist() == [0, 0]


def test_few_players_or_none_end_no_run():
    gone = [(1, player) for player in range(5)]
    assert not runs_of_play(standing([0, 5, 5], gone)).any()
    assert not runs_of_play(standing([0, 5], gone[:2])).any()
    assert runs_of_play(standing([0, 5], gone[:1])).tolist() == [0, 1]
    # An empty frame does not bridge a gap.
    game = standing([0, 5, 5], gone).with_(time=np.array([0.0, 5.0, 5.2]))
    assert runs_of_play(game).tolist() == [0, 1, 1]


def test_times_of_rows():
    game = standing([0, 0, 0, 0])
    np.testing.assert_allclose(frame_times(game), [0, 0.2, 0.4, 0.6])
    np.testing.assert_allclose(frame_times(game, 0.5), [0, 0.5, 1, 1.5])
    time = np.array([3.0, NO_TIME, 4.0, 4.5])
    np.testing.assert_array_equal(frame_times(game.with_(time=time)), time)
    for use in (frame_times, runs_of_play):
        with pytest.raises(ValueError, match="`step`.*Received: step=0"):
            use(game, 0)


def test_no_frame_has_no_run():
    assert runs_of_play(standing([0, 0])[:0]).shape == (0,)
