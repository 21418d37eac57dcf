import time as clock

import numpy as np
import pytest

from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.kept_columns import kept_columns
from convzoo.training.football.tracking.matched_players import matched_players
from convzoo.training.football.tracking.tracking import Tracking
from tests.training.football.tracking.moved_columns import (
    permuted,
    rows_of_players,
)


def columns_of(game, runs=None):
    runs = np.zeros(len(game), int) if runs is None else runs
    return kept_columns(game, game.time, runs)


@pytest.mark.parametrize("rare", [1.0, 0.1])
def test_the_permutation_that_was_applied_is_found(rare):
    game = rows_of_players()
    order, moved = permuted(game, rare)
    found = columns_of(moved)
    # Numbers are the columns of the first frame.
    np.testing.assert_array_equal(order[0][found.player], order)
    kept = found.kept(moved.players)
    np.testing.assert_array_equal(kept, game.players[:, order[0]])
    np.testing.assert_array_equal(found.given(kept), moved.players)


def test_almost_all_of_a_crowd_is_found():
    """Simulated players stand in each other, so that some are exchanged."""
    game = simulate_play(300)
    order, moved = permuted(game)
    found = columns_of(moved)
    same = np.diff(found.kept(order), axis=0) == 0
    assert same.mean() > 0.98
    ways = np.linalg.norm(np.diff(found.kept(moved.players), axis=0), axis=2)
    assert ways.max() < 13 / 5 + 1.5


def test_columns_that_keep_their_players_are_not_touched():
    game = simulate_play(100)
    places = game.players.copy()
    places[np.random.default_rng(0).random((100, 22)) < 0.3] = np.nan
    for kept in (game, game.with_(players=places)):
        found = columns_of(kept)
        for array in found:
            np.testing.assert_array_equal(
                array, np.broadcast_to(np.arange(22), (100, 22))
            )
    assert columns_of(game).kept(game.players).tobytes() == (
        game.players.tobytes()
    )


def test_who_appears_is_new_and_who_leaves_does_not_come_back():
    x = [
        [-20.0, 1.0, 20.0, np.nan],
        # The first column changes from one player to another; one leaves.
        [0.5, 20.0, np.nan, np.nan],
        [0.5, 20.0, -20.0, np.nan],
    ]
    players = np.stack([x, np.zeros_like(x)], axis=2)
    game = Tracking(players, np.zeros((3, 4), int), time=np.arange(3) / 5)
    player = columns_of(game).player
    assert player[1, :2].tolist() == [1, 2]
    assert player[2, :2].tolist() == [1, 2]
    assert not set(player[1:, 2:].ravel()) & {0, 1, 2}
    for order in columns_of(game).order:
        assert sorted(order) == [0, 1, 2, 3]
    # In another run of play nobody is followed.
    alone = columns_of(game, np.arange(3))
    assert alone.player.tolist() == 3 * [[0, 1, 2, 3]]


def test_names_in_a_file_are_believed():
    _, moved = permuted(rows_of_players(20))
    who = np.random.default_rng(0).integers(-1, 5, (20, 22))
    named = Tracking(
        moved.players, moved.team, time=moved.time, names=list("abcde"), who=who
    )
    found = columns_of(named)
    np.testing.assert_array_equal(found.order[7], np.arange(22))
    np.testing.assert_array_equal(found.player[who >= 0], who[who >= 0])
    # Others have numbers of their own.
    assert found.player[who < 0].min() >= 5


def matched_by_trying(game, frame, reach):
    """The best of all ways to match three players with three."""
    best = (0, 0.0), [-1] * 3
    for a in (-1, 0, 1, 2):
        for b in (-1, 0, 1, 2):
            for c in (-1, 0, 1, 2):
                ways = [(i, j) for i, j in enumerate((a, b, c)) if j >= 0]
                if len({j for _, j in ways}) < len(ways):
                    continue
                apart = [
                    np.hypot(
                        *(game.players[frame, i] - game.players[frame + 1, j])
                    )
                    for i, j in ways
                ]
                same = [
                    game.team[frame, i] == game.team[frame + 1, j]
                    for i, j in ways
                ]
                # A comparison with NaN is false.
                if all(same) and all(way <= reach for way in apart):
                    score = len(ways), -sum(way**2 for way in apart)
                    best = max(best, (score, [a, b, c]))
    return best[1]


def test_matches_are_the_best_of_all():
    random = np.random.default_rng(1)
    players = random.uniform(-4, 4, (60, 3, 2))
    players[random.random((60, 3)) < 0.1] = np.nan
    team = random.integers(0, 2, (60, 3))
    game = Tracking(players, team)
    frames = np.arange(59)
    found = matched_players(game, frames, np.full(59, 0.2))
    for frame in frames:
        assert found[frame].tolist() == matched_by_trying(game, frame, 4.1)
    assert (found >= 0).sum() > 50


def test_a_game_takes_a_second_or_two():
    _, moved = permuted(rows_of_players(1000))
    start = clock.process_time()
    columns_of(moved)
    # 10,000 frames take 0.4 s, all of them permuted; with a margin of eight.
    assert clock.process_time() - start < 0.35
