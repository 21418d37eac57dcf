import csv

import numpy as np
import pytest

from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.football.write_ball import write_ball


def filled(**arguments):
    """Seven frames: two filled, and one where nobody is seen."""
    random = np.random.default_rng(0)
    players = random.uniform((-45, -30), (45, 30), (7, 5, 2))
    players[5] = np.nan
    ball = random.uniform((-45, -30), (45, 30), (7, 2))
    ball[5] = np.nan
    team = np.tile([0, 1, 1, 0, 0], (7, 1))
    radius = np.array([0, 2.5, 3, 0, 0, np.nan, 0])
    return FilledBall(
        Tracking(players, team, ball=ball, **arguments),
        np.isin(np.arange(7), (1, 2)),
        radius,
        2 * radius,
        np.array([4, 1, 0, 3, 2, -1, 2]),
        np.array([0.1, 0.75, 0.3, 0, 1, np.nan, 0.5]),
        np.full(7, np.nan),
    )


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_table_has_a_row_for_each_frame(tmp_path):
    found = filled()
    path = tmp_path / "ball.csv"
    write_ball(found, path)
    rows = rows_of(path)
    assert [row["frame"] for row in rows] == [str(i) for i in range(7)]
    assert [row["source"] for row in rows] == [
        "data",
        "model",
        "model",
        "data",
        "data",
        "none",
        "data",
    ]
    assert rows[5] == {
        **dict.fromkeys(rows[5], ""),
        "frame": "5",
        "source": "none",
    }
    # New columns come last.
    assert ",".join(rows[0]).startswith(
        "frame,x,y,radius_50,radius_90,carrier,team_1,source,"
    )
    for row, (x, y) in zip(rows[:5], found.tracking.ball, strict=False):
        assert float(row["x"]) == pytest.approx(x, abs=1e-3)
        assert float(row["y"]) == pytest.approx(y, abs=1e-3)
    assert 0 <= float(rows[1]["team_1"]) <= 1
    assert float(rows[1]["radius_50"]) < float(rows[1]["radius_90"])
    assert [p.name for p in tmp_path.iterdir()] == ["ball.csv"]
    with pytest.raises(ValueError, match=r"ball\.csv: exists already"):
        write_ball(found, path)
    write_ball(found, path, overwrite=True)
    with pytest.raises(ValueError, match=r"ball\.txt: the name must end wit"):
        write_ball(found, tmp_path / "ball.txt")
    with pytest.raises(ValueError, match="folder .*none does not exist"):
        write_ball(found, tmp_path / "none" / "ball.csv")


def test_people_read_names_periods_and_times(tmp_path):
    names = ["7", "Müller, T.", "", "9", "10"]
    found = filled(
        names=names,
        team_names=["Köln", "Red"],
        number=[0, 1, 2, 3, 0, 1, 2],
        period=[1, 1, 1, -1, 2, 2, 2],
        time=[0, 0.04, 0.08, np.nan, 0, 0.04, 0.08],
    )
    write_ball(found, tmp_path / "ball.csv")
    rows = rows_of(tmp_path / "ball.csv")
    told = [
        [row[n] for n in ("frame", "period", "time", "carrier_name")]
        for row in rows
    ]
    assert told == [
        ["0", "1", "0.000", "10"],
        ["1", "1", "0.040", "Müller, T."],
        ["2", "1", "0.080", "7"],
        ["3", "", "", "9"],
        # A player without a name.
        ["0", "2", "0.000", "2"],
        ["1", "2", "0.040", ""],
        ["2", "2", "0.080", "2"],
    ]
    teams = [row["team_name"] for row in rows]
    assert teams == ["Köln", "Red", "Köln", "Köln", "Red", "", "Red"]


def test_without_names_carriers_are_numbered(tmp_path):
    write_ball(filled(), tmp_path / "ball.csv")
    for row in rows_of(tmp_path / "ball.csv"):
        assert row["carrier_name"] == row["carrier"]
        assert row["time"] == row["period"] == ""
