import numpy as np
import pytest

from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.passes import Pass, passes
from convzoo.training.football.possessions import Possession, possessions
from convzoo.training.football.tracking.tracking import Tracking


def found(carrier, time=None, certainty=np.nan, away=0.0, radius=0.0):
    """Five players who stand in a row, and carriers at 5 Hz.

    The ball is so many metres away from its carrier.
    """
    frames = len(carrier)
    x = np.tile(10.0 * np.arange(5) + 1, (frames, 1))
    players = np.stack([x, np.zeros_like(x)], axis=2)
    ball = players[np.arange(frames), carrier] + [0, away]
    tracking = Tracking(
        players, np.zeros((frames, 5), int), None, ball, time=time
    )
    unknown = np.full(frames, np.nan)
    return FilledBall(
        tracking,
        np.zeros(frames, bool),
        np.full(frames, radius),
        unknown,
        np.asarray(carrier),
        unknown,
        np.broadcast_to(certainty, frames),
    )


def close(one, other):
    np.testing.assert_allclose(one, other, atol=1e-9)
    assert len(one) == len(other)


def test_possessions_are_stretches_of_a_carrier():
    sure = np.array([0.3, 0.6, 0.9, 0, 0, 1, 0.5, 0.7, 0.2, 0.4])
    ball = found([3, 3, 3, -1, -1, 1, 3, 3, 0, 0], certainty=sure)
    close(
        possessions(ball),
        [
            Possession(3, 0, 2, 0.0, 0.4, 0, 0.6, 3),
            # One frame of player 1 is too short.
            Possession(3, 6, 7, 1.2, 1.4, 0, 0.6, 3),
            Possession(0, 8, 9, 1.6, 1.8, 0, 0.3, 0),
        ],
    )
    every = possessions(ball, shortest=0)
    assert [each.player for each in every] == [3, 1, 3, 0]


@pytest.mark.parametrize(
    ("away", "radius", "reach", "count"),
    [(1.4, 0, 1.5, 1), (1.6, 0, 1.5, 0), (1.6, 0, 2, 1), (2.9, 3, 1.5, 1)],
)
def test_nobody_has_a_ball_that_is_far(away, radius, reach, count):
    ball = found([2] * 5, away=away, radius=radius)
    assert len(possessions(ball, reach=reach)) == count


def test_possessions_end_with_their_run():
    time = np.array([0, 0.2, 0.4, 9.0, 9.2, np.nan, 9.6, 9.8])
    players = possessions(found([2] * 8, time))
    assert [(each.first, each.last) for each in players] == [
        (0, 2),
        (3, 4),
        (6, 7),
    ]
    assert [each.run for each in players] == [0, 1, 3]


def test_passes_go_from_possession_to_possession():
    carrier = [1, 1, 1, -1, 2, 2, 4, 2, 2, 0, 0]
    sure = np.array([0.6, 0.6, 0.6, 0, 0.8, 0.8, 0, 0.5, 0.5, 0.7, 0.7])
    close(
        passes(found(carrier, certainty=sure)),
        [
            # Three frames of 0.6 and two of 0.8.
            Pass(1, 2, 0.4, 0.8, 0.68, 2, 4),
            # From player 2 to himself, over a short touch, is none.
            Pass(2, 0, 1.6, 1.8, 0.6, 8, 9),
        ],
    )
    assert np.isnan(passes(found(carrier))[0].certainty)
    assert len(passes(found(carrier), shortest=0.1)) == 4


def test_no_pass_crosses_a_cut():
    time = np.array([0, 0.2, 9.0, 9.2, 9.4, 9.6])
    (only,) = passes(found([1, 1, 2, 2, 3, 3], time))
    assert only[:2] == (2, 3)
    assert passes(found([1, 1, 1])) == [] == passes(found([-1, -1]))


def test_players_are_followed_where_columns_change_them():
    """The same play, its columns in another order in each frame."""
    carrier = np.array([1, 1, 1, -1, 2, 2, 2, 0, 0, 0, 3, 3])
    kept, moved = found(carrier), found(carrier)
    random = np.random.default_rng(0)
    places = np.stack([random.permutation(5) for _ in carrier])
    players = np.take_along_axis(
        kept.tracking.players, places[:, :, None], axis=1
    )
    # The column in which each carrier is now.
    columns = np.argmax(places == carrier[:, None], axis=1)
    moved = moved._replace(
        tracking=kept.tracking.with_(players=players),
        carrier=np.where(carrier < 0, -1, columns),
    )
    ours, theirs = possessions(moved), possessions(kept)
    assert [one[1:6] for one in ours] == [one[1:6] for one in theirs]
    assert [one.player for one in ours] == [columns[one.first] for one in ours]
    found_ours, found_theirs = passes(moved), passes(kept)
    assert [one[2:4] for one in found_ours] == [
        one[2:4] for one in found_theirs
    ]
    assert len(found_ours) == 3
    for one in found_ours:
        assert one[:2] == (columns[one.first], columns[one.last])


def test_files_without_times_have_a_rate():
    (only,) = possessions(found([1] * 19), data_rate=25)
    assert only.end_time == pytest.approx(18 / 25)
    assert not possessions(found([1] * 9), data_rate=25)
    with pytest.raises(ValueError, match="`data_rate`.*Received: data_rate=0"):
        passes(found([1, 1]), data_rate=0)


def test_arguments_are_quoted():
    ball = found([1, 1])
    with pytest.raises(ValueError, match="`reach`.*Received: reach=0"):
        possessions(ball, reach=0)
    with pytest.raises(ValueError, match="`shortest`.*Received: shortest=-1"):
        passes(ball, shortest=-1)
