import numpy as np
import pytest

from convzoo.training.football.carrier_quality import carrier_quality
from convzoo.training.football.tracking.tracking import Tracking


def game(ball):
    """Players at x = 0, 10 and 20, and balls at these x."""
    x = np.tile([0.0, 10.0, 20.0], (len(ball), 1))
    players = np.stack([x, np.zeros_like(x)], axis=2)
    places = np.stack([ball, np.zeros(len(ball))], axis=1)
    return Tracking(players, np.zeros(x.shape, int), ball=places)


def test_carriers_are_the_players_within_reach():
    # Players 0, 0, nobody, 1, 2 and unknown.
    play = game([1.4, -1.4, 5, 11, 20, np.nan])
    # Four frames of five have a player within reach; two of them are found.
    found = carrier_quality(play, [0, -1, 1, 1, 0, 2])
    assert found == (2 / 4, 2 / 4, 4 / 8)
    found = carrier_quality(play, [0, -1, 1, 1, -1, 2])
    assert found == (2 / 3, 2 / 4, 4 / 7)
    # With 4.9 m nothing changes, with 5.1 m somebody has the ball at 5 m.
    assert carrier_quality(play, [0] * 6, reach=4.9).recall == 2 / 4
    assert carrier_quality(play, [0] * 6, reach=5.1).recall == 3 / 5


def test_true_carriers_can_be_given():
    play = game([np.nan] * 4)
    found = carrier_quality(play, [0, 1, 2, -1], [0, 2, -1, -1])
    assert found == (1 / 3, 1 / 2, 2 / 5)


def test_nothing_to_count_is_nan():
    play = game([np.nan, np.nan])
    assert np.isnan(carrier_quality(play, [0, 1])).all()
    nobody = carrier_quality(play, [-1, -1], [0, 1])
    assert np.isnan(nobody.precision) and nobody[1:] == (0, 0)


@pytest.mark.parametrize("value", [[0], [0.0, 1.0]])
def test_arguments_are_quoted(value):
    play = game([0, 0])
    with pytest.raises(ValueError, match="`carrier`.*Received: carrier"):
        carrier_quality(play, value)
    with pytest.raises(ValueError, match="`truth`.*Received: truth"):
        carrier_quality(play, [0, 1], value)
    with pytest.raises(ValueError, match="`reach`.*Received: reach=0"):
        carrier_quality(play, [0, 1], reach=0)
