import csv

import numpy as np
import pytest

from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.football.write_passes import write_passes


def found(**arguments):
    """Player 0 passes to player 2, who loses the ball to player 1."""
    x = np.tile([-10.0, 0.0, 10.0], (7, 1))
    players = np.stack([x, np.zeros_like(x)], axis=2)
    carrier = np.array([0, 0, -1, 2, 2, 1, 1])
    ball = players[np.arange(7), carrier] + [0.5, 0]
    ball[2] = [5, 3]
    tracking = Tracking(
        players, np.tile([0, 1, 0], (7, 1)), ball=ball, **arguments
    )
    sure = np.array([0.5, 0.7, np.nan, 0.8, 0.8, 1, 1])
    unknown = np.full(7, np.nan)
    return FilledBall(
        tracking,
        np.zeros(7, bool),
        np.zeros(7),
        unknown,
        carrier,
        unknown,
        sure,
    )


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_possessions_and_passes_in_order(tmp_path):
    path = tmp_path / "passes.csv"
    game = found(
        names=["7", "Müller, T.", "9"],
        team_names=["Köln", "Red"],
        number=np.arange(30, 37),
        period=[2] * 7,
        time=np.arange(7) / 5,
    )
    assert write_passes(game, path) == (3, 2)
    rows = rows_of(path)
    assert [(r["kind"], r["from"], r["to"]) for r in rows] == [
        ("possession", "0", ""),
        ("pass", "0", "2"),
        ("possession", "2", ""),
        ("pass", "2", "1"),
        ("possession", "1", ""),
    ]
    assert rows[1] == {
        "kind": "pass",
        "from": "0",
        "to": "2",
        "start_s": "0.200",
        "end_s": "0.600",
        # The mean of 0.5, 0.7, 0.8 and 0.8.
        "certainty": "0.700",
        "from_name": "7",
        "from_team": "Köln",
        "to_name": "9",
        "to_team": "Köln",
        "period": "2",
        "start_frame": "31",
        "end_frame": "33",
        "start_x_m": "-9.500",
        "start_y_m": "0.000",
        "end_x_m": "10.500",
        "end_y_m": "0.000",
    }
    assert rows[3]["to_name"] == "Müller, T." and rows[3]["to_team"] == "Red"
    assert rows[0]["to_name"] == rows[0]["to_team"] == ""


def test_without_names_and_times(tmp_path):
    path = tmp_path / "passes.csv"
    write_passes(found(), path, data_rate=4)
    row = rows_of(path)[1]
    assert (row["start_s"], row["end_s"], row["period"]) == (
        "0.250",
        "0.750",
        "",
    )
    assert (row["from_name"], row["to_team"]) == ("0", "team 0")


def test_files_are_not_replaced(tmp_path):
    path = tmp_path / "passes.csv"
    path.write_text("mine")
    with pytest.raises(ValueError, match=r"passes\.csv: exists already"):
        write_passes(found(), path)
    assert path.read_text() == "mine"
    write_passes(found()._replace(carrier=np.full(7, -1)), path, overwrite=True)
    assert path.read_text().startswith("kind,from,to,") and not rows_of(path)
