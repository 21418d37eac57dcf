import numpy as np
import pytest

from convzoo.training.football.ball_augmentation import BallAugmentation
from convzoo.training.football.ball_frames import BallFrames
from convzoo.training.football.tracking.tracking import Tracking


def game(frames=30, count=6, seed=0, **arguments):
    random = np.random.default_rng(seed)
    players = random.uniform((-50, -30), (50, 30), (frames, count, 2))
    players[0, 0] = np.nan
    return Tracking(
        players,
        np.tile(np.arange(count) % 2, (frames, 1)),
        random.normal(0, 2, players.shape),
        players[:, 3] + 0.5,
        **arguments,
    )


def test_a_batch_is_of_frames_that_are_learned():
    games = game(test=np.arange(30) < 20), game(12, 8, seed=1)
    batches = BallFrames(games, batch_size=50, steps=3)
    assert len(batches) == 3
    inputs, ball = batches[0]
    assert inputs["players"].shape == inputs["velocities"].shape == (50, 8, 2)
    known = {tuple(b) for g in games for b in g.learned.ball}
    assert {tuple(b) for b in ball} <= known and len(known) == 22
    tested = {tuple(b) for b in games[0].tested.ball}
    assert not {tuple(b) for b in ball} & tested
    for players, b in zip(inputs["players"], ball, strict=True):
        np.testing.assert_allclose(players[3] + 0.5, b, atol=1e-5)


@pytest.mark.parametrize(
    ("shares", "ratio"), [(None, 3), ((9, 1), 9), ([0.5, 0.5], 1)]
)
def test_games_come_by_their_shares(shares, ratio):
    games = game(90), game(10, seed=1)
    batches = BallFrames(games, 40_000, 1, shares=shares)
    _, ball = batches[0]
    first = np.isin(ball[:, 0], games[0].ball[:, 0]).sum()
    assert first / (40_000 - first) == pytest.approx(ratio, rel=0.05)
    # All frames of a game have the same probability.
    _, counts = np.unique(ball[:, 0], return_counts=True)
    assert len(counts) == 100


def test_a_batch_is_the_same_whenever_asked_for():
    batches = BallFrames([game()], 4, 3, BallAugmentation(), seed=5)
    again = BallFrames([game()], 4, 3, BallAugmentation(), seed=5)
    batches.epoch = again.epoch = 2
    one, other = batches[1], (again[2], again[1])[1]
    np.testing.assert_array_equal(one[1], other[1])
    for name, array in one[0].items():
        np.testing.assert_array_equal(array, other[0][name])
    again.epoch = 3
    assert not np.array_equal(one[1], again[1][1])


def augmented(frames=4000, seed=0, **arguments):
    """A game and its augmentation; what is not in `arguments` is off."""
    off = dict.fromkeys(
        ("jitter", "stretch", "drop_velocities", "drop_players", "crop"), 0
    )
    tracking = game(frames, 10)
    inputs, ball = BallAugmentation(**{**off, **arguments})(
        tracking.inputs(), tracking.ball, np.random.default_rng(seed)
    )
    return tracking, inputs, ball


def test_mirrors_move_all_alike():
    tracking, inputs, ball = augmented()
    signs = ball / tracking.ball
    np.testing.assert_allclose(np.abs(signs), 1)
    assert np.all(np.abs((signs > 0).mean(0) - 0.5) < 0.05)
    for name in ("players", "velocities"):
        np.testing.assert_allclose(
            inputs[name], getattr(tracking, name) * signs[:, None]
        )
    same = (inputs["team"] == tracking.team).all(1)
    assert np.all((inputs["team"] == 1 - tracking.team).all(1) ^ same)
    assert abs(same.mean() - 0.5) < 0.05


def test_pitches_are_stretched():
    tracking, inputs, ball = augmented(stretch=0.1)
    factors = np.abs(ball / tracking.ball)
    assert factors.min() > 0.9 and factors.max() < 1.1
    np.testing.assert_allclose(factors.mean(0), 1, atol=0.01)
    np.testing.assert_allclose(factors.std(0), 0.2 / np.sqrt(12), rtol=0.05)
    assert abs(np.corrcoef(factors.T)[0, 1]) < 0.05
    for name in ("players", "velocities"):
        np.testing.assert_allclose(
            np.abs(inputs[name]),
            np.abs(getattr(tracking, name)) * factors[:, None],
            rtol=1e-5,
        )


def test_jitter():
    tracking, inputs, _ = augmented(jitter=0.6)
    moved = np.abs(inputs["players"]) - np.abs(tracking.players)
    spread = np.nanstd(moved[:, :, 0], axis=1)
    assert 0.5 < spread.max() < 1.2 and spread.min() < 0.05
    np.testing.assert_allclose(spread.mean(), 0.3, atol=0.03)


def test_velocities_are_dropped_by_frame():
    _, inputs, _ = augmented(drop_velocities=0.3)
    unknown = np.isnan(inputs["velocities"]).all((1, 2))
    assert abs(unknown.mean() - 0.3) < 0.03
    assert not np.isnan(inputs["players"][1:]).any()


def test_players_are_dropped_in_a_third():
    _, inputs, _ = augmented(drop_players=0.5)
    missing = np.isnan(inputs["players"]).any(2)[1:]
    assert abs(missing.any(1).mean() - 1 / 3) < 0.03
    assert abs(missing.mean() - 1 / 6) < 0.02
    unknown = np.isnan(inputs["velocities"]).any(2)[1:]
    np.testing.assert_array_equal(unknown, missing)


def test_a_camera_sees_a_part_with_the_ball_anywhere():
    tracking, inputs, ball = augmented(crop=1.0)
    seen = ~np.isnan(inputs["players"]).any(2)
    cut = seen.sum(1) < 10
    assert cut.mean() > 0.6 and seen.sum(1).min() >= 4
    x = np.where(seen, inputs["players"][:, :, 0], np.nan)
    length = np.nanmax(x, 1) - np.nanmin(x, 1)
    assert length[cut].max() <= 70
    place = (ball[cut, 0] - np.nanmin(x[cut], 1)) / length[cut]
    # The ball is not always at the centre of the view.
    assert np.std(place) > 0.25


def test_what_came_is_left_as_it_was():
    tracking = game()
    inputs = tracking.inputs()
    kept = {name: array.copy() for name, array in inputs.items()}
    BallAugmentation()(inputs, tracking.ball, np.random.default_rng(0))
    for name, array in inputs.items():
        np.testing.assert_array_equal(array, kept[name])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jitter", -1),
        ("stretch", 1),
        ("drop_velocities", 1.1),
        ("drop_players", "0"),
        ("crop", np.nan),
    ],
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*Received: {name}"):
        BallAugmentation(**{name: value})


def test_games_without_a_frame_are_quoted():
    with pytest.raises(ValueError, match="`games`.*Received: 1 games"):
        BallFrames([game(test=np.ones(30, bool))])
    with pytest.raises(ValueError, match="`steps`.*Received: steps=0"):
        BallFrames([game()], steps=0)
    with pytest.raises(ValueError, match=r"`shares\[1\]`.*shares\[1\]=0"):
        BallFrames([game(), game()], shares=(1, 0))


@pytest.mark.parametrize("shares", [(1,), (1, 2, 3), 2.0, "12"])
def test_shares_are_one_a_game(shares):
    with pytest.raises(ValueError, match="`shares` must be 2 .*Received: sha"):
        BallFrames([game(), game()], shares=shares)


def test_a_game_that_is_all_held_out_has_no_share():
    games = game(), game(seed=1, test=np.ones(30, bool))
    batches = BallFrames(games, 50, 1, shares=(1, 5))
    assert np.isin(batches[0][1][:, 0], games[0].ball[:, 0]).all()
