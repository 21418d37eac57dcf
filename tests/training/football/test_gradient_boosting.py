import sys

import numpy as np
import pytest

from convzoo.training.football import gradient_boosting as module
from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.gradient_boosting import gradient_boosting
from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.tracking import Tracking

pytest.importorskip("sklearn", reason="scikit-learn is not installed")


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Use one thread: many are slow when tests run in parallel."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="openmp"):
        yield


@pytest.fixture(scope="module")
def learned():
    return simulate_play(300, frame_rate=1.0, seed=0)


@pytest.fixture(scope="module")
def game():
    """A game with missing players and unknown velocities."""
    play = simulate_play(60, frame_rate=1.0, seed=1)
    random = np.random.default_rng(0)
    players, velocities = play.players.copy(), play.velocities.copy()
    players[random.random(players.shape[:2]) < 0.1] = np.nan
    players[7, 2:] = np.nan
    players[8, 1:] = np.nan
    velocities[random.random(players.shape[:2]) < 0.1] = np.nan
    return Tracking(players, play.team, velocities, play.ball)


@pytest.fixture(scope="module")
def outputs(learned, game):
    return gradient_boosting(learned, game, trees=20)


def test_it_finds_the_ball_better_than_guesses(learned):
    game = simulate_play(100, frame_rate=1.0, seed=1)
    found = ball_quality(game, gradient_boosting(learned, game))
    middle = ball_quality(game, {"position": game.players.mean(axis=1)})
    assert found.mean < middle.mean / 2
    # Chance is 1 / 22 and 3 / 22.
    assert found.top_1 > 0.5 and found.top_3 > 0.7


def test_shares_and_positions_belong_together(outputs, game):
    carrier, position = outputs["carrier"], outputs["position"]
    assert carrier.shape == (60, 22) and position.shape == (60, 2)
    seen = ~np.isnan(game.players[:, :, 0])
    np.testing.assert_allclose(carrier.sum(axis=1), 1, atol=1e-5)
    assert np.all(carrier[~seen] == 0) and np.all(carrier[seen] > 0)
    for shares, place, players in zip(
        carrier, position, game.players, strict=True
    ):

        def cost(point, shares=shares, players=players):
            ways = np.linalg.norm(players - point, axis=1)
            return np.nansum(shares * ways)

        # The position has the least mean distance to the players.
        for point in players[~np.isnan(players[:, 0])]:
            assert cost(place) <= cost(point) + 0.01
        for step in ((0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5)):
            assert cost(place) <= cost(place + np.array(step)) + 1e-3
    np.testing.assert_allclose(position[8], game.players[8, 0], atol=1e-3)


def test_the_order_of_the_players_does_not_count(learned, game, outputs):
    order = np.random.default_rng(0).permutation(22)
    mixed = Tracking(
        game.players[:, order], game.team[:, order], game.velocities[:, order]
    )
    found = gradient_boosting(learned, mixed, trees=20)
    np.testing.assert_allclose(
        found["carrier"], outputs["carrier"][:, order], atol=1e-5
    )
    np.testing.assert_allclose(
        found["position"], outputs["position"], atol=0.01
    )


@pytest.mark.parametrize("signs", [(-1, 1), (1, -1), (-1, -1)])
def test_a_mirrored_pitch_is_as_good(learned, game, outputs, signs):
    mirrored = Tracking(
        game.players * signs, 1 - game.team, game.velocities * signs
    )
    found = gradient_boosting(learned, mirrored, trees=20)
    np.testing.assert_allclose(found["carrier"], outputs["carrier"], atol=1e-5)
    np.testing.assert_allclose(
        found["position"], outputs["position"] * signs, atol=0.01
    )


def test_the_ball_of_the_game_is_not_looked_at(learned, game, outputs):
    hidden = game.with_ball(np.full_like(game.ball, np.nan))
    found = gradient_boosting(learned, hidden, trees=20)
    for name, array in outputs.items():
        np.testing.assert_array_equal(found[name], array)


def test_other_games_have_other_players(learned, game):
    few = Tracking(
        learned.players[:, ::2],
        learned.team[:, ::2],
        learned.velocities[:, ::2],
        learned.ball,
    )
    outputs = gradient_boosting(few, game, trees=3)
    assert outputs["carrier"].shape == (60, 22)


def test_positions_are_enough(learned, game):
    found = gradient_boosting(
        learned.without_velocities(), game.without_velocities(), trees=20
    )
    assert np.isfinite(found["position"]).all()
    hidden = gradient_boosting(learned.without_velocities(), game, trees=20)
    np.testing.assert_array_equal(found["carrier"], hidden["carrier"])


def test_nobody_has_the_ball_where_nobody_is(learned):
    players = learned.players[:3].copy()
    players[1] = np.nan
    outputs = gradient_boosting(
        learned, Tracking(players, learned.team[:3]), trees=3
    )
    assert np.all(outputs["carrier"][1] == 0)
    np.testing.assert_array_equal(outputs["position"][1], (0, 0))


def test_numbers_of_a_scene_drawn_by_hand():
    """Features of two against two players; team 0 attacks to the right.

    Distances come from 3-4-5 and 6-8-10 triangles. The second player runs
    towards the first at 5 m/s, and the fourth runs away.
    """
    players = [[0, -2], [3, -6], [6, -10], [0, 8]]
    velocities = [[0, 1], [-3, 4], [0, 0], [0, 2]]
    numbers = module._numbers(
        Tracking([players], [[0, 0, 1, 1]], [velocities])
    )[0]
    # Forward x, outward y, |x|, the same components of velocity, and speed.
    np.testing.assert_allclose(numbers[:6], [0, 2, 0, 0, -1, 1])
    # Positions relative to the mean of team-mates, opponents, and all others.
    np.testing.assert_allclose(numbers[6:9], [-3, -4, 5])
    np.testing.assert_allclose(numbers[9:12], [-3, 1, 10**0.5], rtol=1e-6)
    np.testing.assert_allclose(
        numbers[12:15], [-3, -2 / 3, (9 + 4 / 9) ** 0.5], rtol=1e-6
    )
    # Position relative to the centre of the box (0, -10) to (6, 8).
    np.testing.assert_allclose(numbers[15:17], [-3, 1])
    # Fractions: nobody is farther back, 1 of 3 farther in, and 1 of 3 slower.
    np.testing.assert_allclose(numbers[17:22], [0, 0, 1 / 3, 0, 1 / 3])
    team_mates, opponents = numbers[22:41], numbers[41:]
    assert numbers.shape == (60,) and len(team_mates) == len(opponents)
    # Mean velocity of team-mates, and the velocity relative to it.
    np.testing.assert_allclose(team_mates[:4], [-3, -4, 3, 3])
    # Distances to the nearest: a single team-mate at 5 m; two opponents.
    np.testing.assert_allclose(team_mates[4:8], [5, *[np.nan] * 3])
    np.testing.assert_allclose(opponents[4:6], [10, 10])
    # Position of the nearest, its speed of approach, and its cosine.
    np.testing.assert_allclose(team_mates[8:12], [3, 4, 5, 1], rtol=1e-6)
    # Means over a single player are that player's values.
    np.testing.assert_allclose(
        team_mates[12:], [5, 5, 1, 1, 1, 5, 5], rtol=1e-6
    )
    # One opponent stands still, the other runs away at 2 m/s.
    np.testing.assert_allclose(opponents[12], -1, rtol=1e-6)
    np.testing.assert_allclose(opponents[15:], [-1, -1, 0, 0], atol=1e-6)


def test_more_frames_than_it_learns_from(learned, game, monkeypatch):
    every_third = gradient_boosting(learned[::3], game, trees=3)
    monkeypatch.setattr(module, "_FRAMES", 100)
    found = gradient_boosting(learned, game, trees=3)
    np.testing.assert_array_equal(found["carrier"], every_third["carrier"])


def test_bad_arguments_are_named(learned, game):
    with pytest.raises(ValueError, match="`trees`.*Received: trees=0"):
        gradient_boosting(learned, game, trees=0)
    for nothing in (learned[:0], learned.with_ball(learned.ball * np.nan)):
        with pytest.raises(ValueError, match="`learned`.*Received: none"):
            gradient_boosting(nothing, game)


def test_without_the_package_its_name_is_told(learned, game, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[football\]"):
        gradient_boosting(learned, game)
