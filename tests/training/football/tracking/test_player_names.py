import numpy as np
import pytest

from convzoo.training.football.tracking.tracking import Tracking

PLAYERS = np.reshape([-20.0, -9, 15, 11, 4, -8, 30, 2, -7, 3, 9, 9], (3, 2, 2))
TEAM = [[0, 1], [0, 1], [1, 0]]


def named(**arguments):
    return Tracking(PLAYERS, TEAM, **arguments)


def test_columns_have_the_names_of_their_players():
    game = named(names=["7", " Ann "], team_names=["Red", "Blue"])
    assert game.names == ("7", "Ann") and game.team_names == ("Red", "Blue")
    assert game.who.tolist() == [[0, 1]] * 3
    assert [game.name_of(2, column) for column in (0, 1)] == ["7", "Ann"]
    assert game.title_of(1, 0) == "player 7 of Red"
    assert game.title_of(2, 1) == "Ann of Red"


def test_a_column_may_change_players():
    who = [[0, 1], [2, 1], [-1, 0]]
    game = named(names=["a", "b", "c"], who=who)
    assert [game.name_of(frame, 0) for frame in range(3)] == ["a", "c", "0"]
    chosen = game[[2, 1]]
    assert chosen.who.tolist() == [who[2], who[1]]
    assert chosen.names == ("a", "b", "c")
    assert chosen.name_of(0, 1) == "a"


@pytest.mark.parametrize("names", [["", ""], None])
def test_without_names_players_are_numbered(names):
    game = named(names=names, team_names=None)
    assert [game.name_of(0, column) for column in (0, 1)] == ["0", "1"]
    assert game.title_of(0, 1) == "player 1 of team 1"


@pytest.mark.parametrize("names", [("", ""), ("Red", "Red"), None])
def test_teams_can_be_told_apart(names):
    assert named(team_names=names).team_names == ("team 0", "team 1")


def test_names_are_not_learned_from():
    game = named(names=["a", "b"], team_names=["Red", "Blue"])
    assert game.fingerprint == named().fingerprint


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"names": ["a"]}, "`names` must be 2.*Received: 1 names"),
        ({"names": "ab"}, "`names` must be strings.*Received: names='ab'"),
        ({"names": [7, 8]}, "`names` must be strings.*Received"),
        (
            {"names": ["a"], "who": [[0, 1]] * 3},
            "`who`.*-1 to 0, .*from 0 to 1",
        ),
        ({"names": ["a"], "who": [[0, -2]] * 3}, "`who`.*from -2 to 0"),
        ({"names": ["a"], "who": [0, 0]}, "`who` must have the shape"),
        ({"who": [[0, 0]] * 3}, "`who` needs `names`. Received"),
        ({"team_names": ["Red"]}, "`team_names` must be two.*Received"),
        ({"team_names": [1, 2]}, "`team_names` must be strings.*Received"),
    ],
)
def test_bad_names_are_quoted(arguments, message):
    with pytest.raises(ValueError, match=message):
        named(**arguments)
