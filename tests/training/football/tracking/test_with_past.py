import numpy as np
import pytest

from convzoo.training import simulate_play
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.football.tracking.with_past import with_past


def walk(frames=20, rate=10.0, **arguments):
    """Two players who walk along x at 1 and 2 m/s."""
    time = np.arange(frames) / rate
    x = np.stack([time, -20 + 2 * time], axis=1)
    players = np.stack([x, np.full_like(x, 7)], axis=2)
    velocities = np.zeros_like(players)
    velocities[:, :, 0] = 1, 2
    team = np.tile([0, 1], (frames, 1))
    arguments = {"time": time, **arguments}
    return Tracking(players, team, velocities, players[:, 0], **arguments)


def test_the_past_is_what_was_so_long_ago():
    game = walk()
    found = with_past(game, 3, 5.0)
    assert found.past.shape == (20, 2, 2, 4)
    # 0.4 s and 0.2 s are four and two frames at 10 Hz.
    for place, before in ((0, 4), (1, 2)):
        past = found.past[:, place]
        assert np.isnan(past[:before]).all()
        np.testing.assert_array_equal(
            past[before:, :, :2], game.players[:-before]
        )
        np.testing.assert_array_equal(
            past[before:, :, 2:], game.velocities[:-before]
        )
    for name in ("players", "velocities", "ball", "team", "time"):
        np.testing.assert_array_equal(getattr(found, name), getattr(game, name))
    single = with_past(found, 1, None)
    assert single.inputs()["players"].shape == (20, 2, 2)


def test_inputs_end_with_the_frame_itself():
    game = walk()
    inputs = with_past(game, 3, 5.0).inputs(4)
    assert inputs["players"].shape == inputs["velocities"].shape
    assert inputs["players"].shape == (20, 3, 4, 2)
    assert inputs["team"].shape == (20, 4)
    for name, array in game.inputs(4).items():
        newest = inputs[name] if name == "team" else inputs[name][:, -1]
        np.testing.assert_array_equal(newest, array)
    np.testing.assert_array_equal(
        inputs["players"][9, :, 0, 0], np.float32([0.5, 0.7, 0.9])
    )


def test_order_and_choice_of_frames_change_nothing():
    game = walk()
    whole = with_past(game, 3, 5.0)
    mixed = np.random.default_rng(0).permutation(20)
    np.testing.assert_array_equal(
        with_past(game[mixed], 3, 5.0).past, whole.past[mixed]
    )
    # Frames that are selected later keep their past.
    np.testing.assert_array_equal(whole[::7].past, whole.past[::7])
    assert not np.isnan(whole.learned[4:].past).any()


def test_across_a_gap_nothing_is_known():
    time = np.arange(20) / 10
    time[12:] += 1000
    found = with_past(walk(time=time), 2, 5.0)
    unknown = np.isnan(found.past).all((1, 2, 3))
    assert np.flatnonzero(unknown).tolist() == [0, 1, 12, 13]
    time[5] = np.nan
    found = with_past(walk(time=time), 2, 5.0)
    unknown = np.isnan(found.past).all((1, 2, 3))
    # Without frame 5, nothing is close enough to 0.2 s before frame 7.
    assert np.flatnonzero(unknown).tolist() == [0, 1, 5, 7, 12, 13]


def test_the_test_is_nobodys_past():
    found = with_past(walk(test=np.arange(20) >= 10), 2, 10.0)
    unknown = np.isnan(found.past).all((1, 2, 3))
    assert np.flatnonzero(unknown).tolist() == [0, 10]


def test_somebody_else_in_a_column_is_nobodys_past():
    game = walk()
    players = game.players.copy()
    players[8:, 0, 0] += 30
    found = with_past(game.with_(players=players), 2, 5.0)
    unknown = np.isnan(found.past).any((1, 3))
    assert np.flatnonzero(unknown[:, 0]).tolist() == [0, 1, 8, 9]
    assert np.flatnonzero(unknown[:, 1]).tolist() == [0, 1]


def test_hidden_velocities_are_hidden_in_the_past_too():
    game = with_past(walk(), 3, 5.0).without_velocities()
    assert np.isnan(game.past[:, :, :, 2:]).all()
    assert not np.isnan(game.past[4:, :, :, :2]).any()


def test_simulated_play_has_a_past():
    play = simulate_play(50, frame_rate=5.0)
    past = with_past(play, 2, 5.0).past[:, 0]
    np.testing.assert_array_equal(past[1:, :, :2], play.players[:-1])


@pytest.mark.parametrize("time", [[0] * 20, range(20), range(0, 4000, 200)])
def test_times_in_which_nothing_comes_before_are_quoted(time):
    """Constant times, one frame per second, and milliseconds."""
    with pytest.raises(ValueError, match="of 0.2 s.*Received.*step of"):
        with_past(walk(time=np.array(time, float)), 2, 5.0)


@pytest.mark.parametrize(
    ("frames", "rate"),
    [(0, 5.0), ("3", 5.0), (True, 5.0), (2, None), (2, 0), (2, -5.0), (2, "5")],
)
def test_arguments_are_quoted(frames, rate):
    with pytest.raises(ValueError, match="`frame.*Received: frame"):
        with_past(walk(), frames, rate)


def test_without_times_it_says_what_to_do():
    with pytest.raises(ValueError, match="`time` in an .npz file.*no time"):
        with_past(walk(time=None), 2, 5.0)
