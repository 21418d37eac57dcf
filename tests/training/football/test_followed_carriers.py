import numpy as np
import pytest

from convzoo.training.football.followed_carriers import followed_carriers
from convzoo.training.football.simulate_play import simulate_play


def carriers(play, carrier=None, radius=0.0, causal=False, runs=None):
    count = len(play)
    return followed_carriers(
        play,
        play.time,
        np.zeros(count, int) if runs is None else runs,
        np.full(count, radius),
        carrier,
        causal,
    )


def test_who_is_next_to_the_ball_has_it():
    play = simulate_play(50)
    found = carriers(play)
    way = np.linalg.norm(play.players - np.expand_dims(play.ball, 1), axis=2)
    near = way.min(axis=1) < 1
    assert near.sum() > 20
    hit = found.carrier[near] == way.argmin(axis=1)[near]
    assert hit.mean() > 0.9
    rows = np.arange(50)
    team = play.team[rows, found.carrier]
    assert (team == (found.team > 0.5)).mean() > 0.95
    assert ((found.certainty > 0) & (found.certainty <= 1)).all()


def test_a_model_decides_where_the_ball_is_uncertain():
    play = simulate_play(20)
    said = np.full(play.team.shape, 0.01)
    said[:, 7] = 0.8
    unsure = carriers(play, said, radius=100.0)
    assert (unsure.carrier == 7).all()
    # Frames that the model did not see leave it to the ball.
    unseen = carriers(play, np.full_like(said, np.nan), radius=0.0)
    np.testing.assert_array_equal(unseen.carrier, carriers(play).carrier)


def test_one_frame_does_not_change_the_carrier():
    play = simulate_play(9)
    said = np.full(play.team.shape, 0.01)
    said[:, 7] = 0.8
    said[4] = 0.01
    said[4, 3] = 0.8
    assert (carriers(play, said, radius=100.0).carrier == 7).all()
    # In runs of its own, a frame is by itself.
    alone = carriers(play, said, radius=100.0, runs=np.arange(9))
    assert alone.carrier.tolist() == [7] * 4 + [3] + [7] * 4


def test_looking_back_only_sees_no_later_frame():
    play = simulate_play(40)
    whole, cut = carriers(play, causal=True), carriers(play[:25], causal=True)
    for a, b in zip(whole, cut, strict=True):
        np.testing.assert_allclose(a[:25], b)


def test_a_column_with_another_player_is_no_evidence():
    play = simulate_play(9)
    players = play.players.copy()
    players[:4, [3, 7]] = [[-50, 30], [50, 30]]
    players[4:, [3, 7]] = [[50, 30], [-50, 30]]
    said = np.full(play.team.shape, 0.01)
    said[:4, 7] = said[4:, 3] = 0.8
    found = carriers(play.with_(players=players), said, radius=100.0)
    assert found.carrier.tolist() == [7] * 4 + [3] * 5


@pytest.mark.parametrize("what", ["players", "ball"])
def test_without_players_or_a_ball_nobody_has_it(what):
    play = simulate_play(5)
    array = getattr(play, what).copy()
    array[2] = np.nan
    found = carriers(play.with_(**{what: array}))
    assert found.carrier[2] == -1
    assert np.isnan([found.certainty[2], found.team[2]]).all()
    assert (np.delete(found.carrier, 2) >= 0).all()
