"""Placeholders of missing positions become unknown, honest ones stay."""

import warnings

import numpy as np
import pytest

from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.tracking import Tracking


@pytest.fixture
def play():
    return simulate_play(40)


def tracked(play, players=None, ball=None, velocities=None, **arguments):
    """The play with other arrays."""
    return Tracking(
        play.players if players is None else players,
        play.team,
        play.velocities if velocities is None else velocities,
        play.ball if ball is None else ball,
        **arguments,
    )


@pytest.mark.parametrize("number", [-1000, 999, 9999, -99.0, 1e6, 1e300])
@pytest.mark.parametrize("share", [0.001, 0.4])
def test_any_number_of_one_placeholder_is_unknown(play, number, share):
    random = np.random.default_rng(0)
    gone = random.random((40, 22)) < share
    gone[5, 3] = True
    players, ball = play.players.astype("float64"), play.ball.astype("float64")
    players[gone] = number
    ball[10:13] = number
    with pytest.warns(UserWarning) as told:
        found = tracked(play, players, ball)
    assert len(told) == 1
    text = str(told[0].message)
    assert f"{gone.sum()} player positions, 3 ball positions" in text
    frames = gone.any(1)
    frames[10:13] = True
    assert f"in {frames.sum()} of 40 frames" in text
    np.testing.assert_array_equal(np.isnan(found.players[..., 0]), gone)
    np.testing.assert_array_equal(np.isnan(found.velocities[..., 0]), gone)
    np.testing.assert_array_equal(found.players[~gone], play.players[~gone])
    missing = np.flatnonzero(~found.has_ball)
    assert missing.tolist() == [10, 11, 12]


def test_a_placeholder_on_one_axis_is_enough(play):
    players = play.players.copy()
    players[7, 2, 1] = players[8:20, 4, 0] = -1000
    with pytest.warns(UserWarning, match="13 player positions"):
        found = tracked(play, players)
    assert np.isnan(found.players[7, 2]).all()


def test_a_file_may_have_no_ball_but_placeholders(play):
    with pytest.warns(UserWarning, match="40 ball positions"):
        found = tracked(play, ball=np.full((40, 2), -1000.0))
    assert not found.has_ball.any()


@pytest.mark.parametrize("spot", [(0, 0), (-1, -1), (-52.5, -34), (52.5, 34)])
@pytest.mark.parametrize("rows", [slice(0, 9), slice(20, 21), slice(30, 40)])
def test_a_spot_without_a_way_there_is_a_placeholder(play, spot, rows):
    players = play.players.copy()
    # A keeper, who is far from each of the spots.
    players[rows, 0] = spot
    with pytest.warns(UserWarning, match="player positions"):
        found = tracked(play, players)
    gone = np.zeros((40, 22), bool)
    gone[rows, 0] = True
    np.testing.assert_array_equal(np.isnan(found.players[..., 0]), gone)


def test_the_ball_at_a_spot_without_players_is_a_placeholder(play):
    ball = play.ball.copy()
    ball[20:24] = -52.5, -34
    with pytest.warns(UserWarning, match="4 ball positions"):
        found = tracked(play, ball=ball)
    assert np.flatnonzero(~found.has_ball).tolist() == [20, 21, 22, 23]


@pytest.mark.parametrize("spot", [(52.5, 34), (0, 0)])
def test_who_runs_to_a_spot_stays(play, spot):
    """A corner kick and a kick-off, with the ball at exactly the spot."""
    players, ball = play.players.copy(), play.ball.copy()
    away = np.abs(np.arange(40) - 20).clip(5) - 5
    players[:, 7] = np.array(spot) - np.outer(away, (1.2, 1))
    ball[away == 0] = spot
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = tracked(play, players, ball)
    assert not np.isnan(found.players).any() and found.has_ball.all()


def test_four_players_at_one_place_are_nowhere(play):
    players = play.players.copy()
    players[3, 4:8] = 12.5, -7.25
    # Two may be.
    players[9, 4:6] = 12.5, -7.25
    with pytest.warns(UserWarning, match="4 player positions.* in 1 of"):
        found = tracked(play, players)
    assert np.isnan(found.players[3, 4:8]).all()
    assert not np.isnan(found.players[9]).any()


def test_single_frames_keep_a_player_at_the_centre_spot():
    random = np.random.default_rng(0)
    players = random.uniform((-50, -30), (50, 30), (60, 22, 2))
    players[20, 3] = 0
    found = Tracking(players, np.zeros((60, 22), int))
    assert not np.isnan(found.players).any()


def test_placeholders_of_velocities_are_unknown(play):
    velocities = play.velocities.copy()
    velocities[::2, 3] = -1000
    velocities[5, 6] = 30, 30
    with pytest.warns(UserWarning, match="21 velocities, in 21 of 40"):
        found = tracked(play, velocities=velocities)
    gone = np.isnan(found.velocities).any(2)
    assert gone.sum() == 21 and gone[5, 6] and gone[::2, 3].all()
    assert not np.isnan(found.players).any()


def test_kilometres_per_hour_are_refused(play):
    with pytest.raises(ValueError, match=r"`velocities` must.*divide.*by 3\.6"):
        tracked(play, velocities=7 * play.velocities)


def test_past_positions_far_away_are_unknown(play):
    past = np.zeros((40, 1, 22, 4))
    past[3, 0, 4, :2] = -1000
    found = tracked(play, past=past, past_rate=5.0)
    assert np.isnan(found.past).any(-1).sum() == 1


@pytest.mark.parametrize("placeholder", [-1e6, 999999, 1e7])
def test_a_placeholder_does_not_hide_the_unit(play, placeholder):
    players = 100 * play.players
    players[5:12, 3] = placeholder
    with pytest.raises(ValueError, match="centimetres"):
        tracked(play, players)
