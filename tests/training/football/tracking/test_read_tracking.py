import csv
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from convzoo.training.football.tracking import read_npz_tracking
from convzoo.training.football.tracking.read_provider import read_provider
from convzoo.training.football.tracking.read_tracking import read_tracking
from convzoo.training.football.tracking.tracking import Tracking
from tests.support import shared_data
from tests.training.football.tracking import provider_files


def game(frames=5, count=4, seed=0):
    random = np.random.default_rng(seed)
    players = random.uniform((-50, -30), (50, 30), (frames, count, 2))
    players[1, 2] = np.nan
    ball = random.uniform((-50, -30), (50, 30), (frames, 2))
    ball[3] = np.nan
    return {
        "players": players.astype("float32"),
        "team": np.tile([0, 1, 0, 1], (frames, 1)),
        "velocities": random.normal(0, 2, players.shape).astype("float32"),
        "ball": ball.astype("float32"),
    }


def write_long(path, game, velocities=True):
    axes = ("x", "y", "vx", "vy") if velocities else ("x", "y")
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "team", "player", *axes])
        for f, i in np.ndindex(game["players"].shape[:2]):
            numbers = [*game["players"][f, i], *game["velocities"][f, i]]
            team = ("home", "away")[game["team"][f, i]]
            writer.writerow([f, team, i, *texts(numbers[: len(axes)])])
        for f, (x, y) in enumerate(game["ball"]):
            writer.writerow([f, "ball", "", *texts([x, y])])


def write_wide(path, game):
    names = ["home_1", "away_1", "home_2", "away_2"]
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        columns = [f"{name}_{a}" for name in names for a in ("x", "y")]
        columns += [f"{name}_{a}" for name in names for a in ("vx", "vy")]
        writer.writerow(["frame", *columns, "ball_x", "ball_y"])
        for f in range(len(game["ball"])):
            numbers = [
                *game["players"][f].ravel(),
                *game["velocities"][f].ravel(),
                *game["ball"][f],
            ]
            writer.writerow([f, *texts(numbers)])


def texts(numbers):
    return ["" if np.isnan(n) else repr(float(n)) for n in numbers]


def assert_same(found, expected):
    for name in ("players", "team", "velocities", "ball", "test"):
        np.testing.assert_array_equal(
            getattr(found, name), getattr(expected, name), err_msg=name
        )


@pytest.mark.parametrize("write", [write_long, write_wide])
def test_csv(write, tmp_path):
    write(tmp_path / "game.csv", game())
    assert_same(read_tracking(tmp_path / "game.csv"), Tracking(**game()))


def test_csv_without_velocities(tmp_path):
    write_long(tmp_path / "game.csv", game(), velocities=False)
    found = read_tracking(tmp_path / "game.csv")
    assert_same(found, Tracking(**{**game(), "velocities": None}))


def test_csv_with_times(tmp_path):
    rows = "frame,time,home_1_x,home_1_y,away_1_x,away_1_y"
    for frame, time in enumerate(("0.2", "0.4", "")):
        rows += f"\n{frame},{time},{9 * frame},1,5,6"
    (tmp_path / "game.csv").write_text(rows)
    found = read_tracking(tmp_path / "game.csv")
    np.testing.assert_array_equal(found.time, [0.2, 0.4, np.nan])


def test_frames_keep_their_numbers(tmp_path):
    rows = "frame, home_1_x, home_1_y,away_1_x,away_1_y,ball_x,ball_y"
    rows += "\n1000,1,2,20,4,,\n1001,,,,,5,6\n1004,7,8,30,10,,"
    (tmp_path / "game.csv").write_text(rows)
    found = read_tracking(tmp_path / "game.csv")
    assert found.number.tolist() == [1000, 1001, 1004]
    # The second frame has no players.
    assert found.has_players.tolist() == [True, False, True]
    np.testing.assert_array_equal(found.ball[1], (5, 6))


def test_a_time_in_any_row_is_that_of_the_frame(tmp_path):
    rows = "frame,team,player,x,y,time\n0,a,1,3,4,\n0,b,1,30,4,0.2\n"
    (tmp_path / "game.csv").write_text(rows + "0,ball,,5,6,\n")
    assert read_tracking(tmp_path / "game.csv").time.tolist() == [0.2]


def test_one_team_alone_is_warned_of(tmp_path):
    rows = "frame,player_1_x,player_1_y,player_2_x,player_2_y\n0,1,2,30,4"
    (tmp_path / "game.csv").write_text(rows)
    with pytest.warns(
        UserWarning, match="game.csv: all players are of one team, 'play"
    ):
        read_tracking(tmp_path / "game.csv")


def damaged(path, how):
    np.savez(path, **game())
    data = path.read_bytes()
    if how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "flipped":
        middle = len(data) // 4
        path.write_bytes(data[:middle] + b"!!!!" + data[middle + 4 :])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "text":
        path.write_bytes(b"players")
    else:
        with open(path, "wb") as file:
            np.save(file, np.zeros(3))


@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "text", "npy"])
def test_damaged_files_are_named(how, tmp_path):
    damaged(tmp_path / "game.npz", how)
    with pytest.raises(ValueError, match=r"game\.npz: ") as error:
        read_tracking(tmp_path / "game.npz")
    assert "pickle" not in str(error.value)


def test_npz(tmp_path):
    split, lineup = np.array([0, 0, 1, 1, 0]), np.array([3, 3, 3, 8, 8])
    time, period = np.arange(5) / 5, np.array([1, 1, 1, 2, 2])
    arrays = {**game(), "split": split, "lineup": lineup, "time": time}
    arrays["period"] = period
    np.savez(tmp_path / "game.npz", **arrays)
    found = read_tracking(tmp_path / "game.npz")
    assert_same(found, Tracking(**game(), test=split == 1))
    np.testing.assert_array_equal(found.group, lineup)
    np.testing.assert_allclose(found.clock, time, atol=1e-9)
    np.testing.assert_array_equal(found.period, period)


def test_npz_with_names_and_carriers(tmp_path):
    count = game()["players"].shape[1]
    names = ["7", " Müller, T. ", *map(str, range(2, count))]
    arrays = {**game(), "names": np.array(names), "carrier": [0, -1, 1, 0, 2]}
    np.savez(tmp_path / "game.npz", **arrays, team_names=["Köln", "Red"])
    found = read_tracking(tmp_path / "game.npz")
    assert [found.name_of(3, i) for i in (0, 1)] == ["7", "Müller, T."]
    assert found.team_names == ("Köln", "Red")
    assert found.carrier.tolist() == [0, -1, 1, 0, 2]
    assert found[1:3].carrier.tolist() == [-1, 1]
    # The players of a column may change.
    who = np.tile(np.arange(count), (5, 1))
    who[3, :2] = 1, 0
    np.savez(tmp_path / "who.npz", **arrays, who=who)
    assert read_tracking(tmp_path / "who.npz").name_of(3, 1) == "7"
    np.savez(tmp_path / "none.npz", **game())
    found = read_tracking(tmp_path / "none.npz")
    assert found.names == () and found.carrier.tolist() == [-1] * 5


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"names": ["7", "9"]}, "`names` must be 4, one per player"),
        ({"names": [["7", "9"], ["8", "1"]]}, "`names` must have one axis"),
        ({"names": [7, 8, 9, 10]}, "`names` must be text, .*Received: int64"),
        ({"names": np.array(["a", 4, "b", "c"], object)}, "be text, .*: obj"),
        ({"names": [b"a", b"b", b"c", b"d"]}, r"be text, .*Received: \|S1"),
        ({"names": ["a", "\ud800", "b", "c"]}, "`names` is damaged"),
        (
            {"names": np.frombuffer(b"\xff" * 16, "<U1")},
            "`names` is damaged",
        ),
        ({"team_names": ["a"]}, "`team_names` must be two names"),
        ({"who": np.zeros((5, 4), int)}, "`who` needs `names`"),
        ({"carrier": [0, 1, 2, 3, 4]}, "`carrier` must be from 0 to 3, or -1"),
        ({"carrier": [0, 1]}, r"`carrier` must have the shape \(5,\)"),
    ],
)
def test_names_and_carriers_that_are_none(arrays, message, tmp_path):
    np.savez(tmp_path / "game.npz", **{**game(), **arrays})
    with pytest.raises(ValueError, match=rf"game\.npz: .*{message}"):
        read_tracking(tmp_path / "game.npz")


@pytest.mark.parametrize("name", ["mlsa18", "tracab", "skillcorner"])
def test_real_games(name):
    found = read_tracking(shared_data("football") / f"{name}.npz")
    assert len(found.learned) > 500 and len(found.tested) > 300
    assert np.nanmax(np.linalg.norm(found.velocities, axis=2)) < 20


@pytest.mark.parametrize("as_path", [str, Path])
def test_files_of_a_provider(as_path, tmp_path, monkeypatch):
    pytest.importorskip("kloppy")
    provider_files.write_tracab(provider_files.game(), tmp_path)
    monkeypatch.chdir(tmp_path)
    found = read_tracking(as_path("tracab:meta.xml,./frames.dat"))
    expected = read_provider("tracab", ["meta.xml", "frames.dat"])
    assert_same(found, expected)
    assert found.pitch == (105, 68) and found.players.shape == (80, 6, 2)
    smaller = read_tracking(as_path("tracab:meta.xml,frames.dat"), [100, 60])
    assert smaller.pitch == (100, 60)


def test_files_of_a_provider_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="^opta:a.xml,b.xml: .*hawkeye, m"):
        read_tracking("opta:a.xml,b.xml")
    with pytest.raises(ValueError, match="^skillcorner:a.json: .*:META,DATA"):
        read_tracking("skillcorner:a.json")
    with pytest.raises(ValueError, match="^a.json: there is no such file"):
        read_tracking("skillcorner:a.json,b.json")
    # Existing files and paths with a drive letter name no provider.
    write_long(Path("game:1.csv"), game())
    assert len(read_tracking("game:1.csv")) == 5
    with pytest.raises(ValueError, match=r"C:\\.*\.csv: cannot be read"):
        read_tracking("C:\\game.csv")


def test_no_pitch_is_known_by_its_numbers(tmp_path):
    np.savez(
        tmp_path / "cm.npz", **{**game(), "players": 100 * game()["players"]}
    )
    with pytest.raises(ValueError, match=r"cm\.npz: .*centimetres"):
        read_tracking(tmp_path / "cm.npz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("frame,team,player,x,y\n", "has no frames"),
        ("time,x\n1,2\n", "no column called 'frame'; there are: time, x"),
        ("frame,team,x\n1,a,2\n", "needs the columns .*There are: frame, team"),
        ("frame,team,player,x,y\n1,a,1,two,3\n", "`x` in frame 1 .*'two'"),
        ("frame,team,player,x,y\none,a,1,2,3\n", "`frame` must.*'one'"),
        # As a float it would be 9007199254740992.
        (
            "frame,team,player,x,y\n9007199254740993.0,a,1,2,3\n",
            "`frame` must be.*9007199254740993",
        ),
        ("frame,team,player,x,y\n1.5,a,1,2,3\n", "`frame` must be.*'1.5'"),
        (
            "frame,time,team,player,x,y\n1,00:20,a,1,2,3\n",
            "`time` in frame 1 .*'00:20'",
        ),
        ("frame,x,y,team,player\n0,1.5,2\n", "row without a team, of frame 0"),
        (
            "frame,team,player,x,y\n1,a,b,2,3\n1,a,b,4,3\n",
            "two rows of frame 1 for a b that differ",
        ),
        (
            "frame,team,player,x,y\n1,a,1,2,3\n1,b,2,2,3\n1,c,3,9,9\n",
            "more than two teams: a, b, c",
        ),
        ("frame,team,player,x,y\n1,ball,,2,3\n", "no position of a player"),
        ("frame,team,player,x,y\n1,a,1,,\n", "no position of a player"),
        *(
            (f"frame,team,player,x,y\n{frame},a,1,2,3\n", "`frame`.*64 bits")
            for frame in (
                1e19,
                -1e19,
                2**64 - 1,
                2**63,
                "inf",
                "nan",
                10**50,
                "",
                "0x1F",
            )
        ),
        ("frame,team,player,x,y\n1_0,a,1,2,3\n", "`frame` must.*'1_0'"),
        ("frame,team,player,x,y\n1,a,1,1_0,3\n", "`x` in.*'1_0'"),
        ("frame,a_1_x,a_1_y,b_1_x,b_1_y\n1,inf,3,4,5\n", "`players`.*finite"),
        ("frame,team,player,x,y,vx\n1,a,1,1,3,2\n", "'vx' and 'vy' without"),
        ("frame,a_1_x,a_1_y,a_1_x\n1,2,3,4\n", "two columns called 'a_1_x'"),
        ("frame,a_1_x,a_1_y,a_1_x.1\n1,2,3,4\n", "two columns.*'a_1_x.1'"),
        ("frame,team,player,x,y,X\n1,a,1,2,3,4\n", "two columns called 'X'"),
        pytest.param(
            f"frame,a_1_x,a_1_y\n0,{'y' * 10**5},1\n",
            r"`x` .*'y{60}\.\.\.'$",
            id="long",
        ),
        ("frame,a_1_x,a_1_y,A 1 X\n1,2,3,4\n", "'a_1_x' and 'A 1 X'"),
        ("frame,a_1_x,a_1_y,a_2_y\n1,2,3,4\n", "y of 'a_2', and none for x"),
        ("frame,a_1_x,a_1_y,ball_x\n1,2,3,4\n", "x of 'ball', and none"),
        ("frame,a_1_x,a_1_y,a_1_vx\n1,2,3,4\n", "vx of 'a_1', and none f"),
        ("frame,a_1_x,a_1_y\n0,12,5,3,5\n", "5 cells in line 2.*decimal com"),
        ("frame,a_1_x,a_1_y\n0,12,\0\n", "NUL bytes"),
        (
            "frame,a_1_x,a_1_y\n0,1,2\n0,1,3\n",
            "two rows of frame 0 for a 1 .*need a column 'period'",
        ),
        (
            "frame,period,a_1_x,a_1_y\n0,2,1,2\n0,2,1,3\n",
            "two rows of frame 0 of period 2 for a 1 that differ$",
        ),
        ("frame,period,a_1_x,a_1_y\n0,first,1,2\n", "`period` mu.*'first'"),
        ("frame,period,a_1_x,a_1_y\n0,120,1,2\n", "`period` must be from"),
        (
            "frame,period,team,player,x,y\n0,1,a,1,1,2\n0,,b,1,9,2\n",
            "row without a period, of frame 0",
        ),
        ("frame,team,player,x,y\n3,null,1,2,3\n", "without a team, of fra"),
    ],
)
def test_bad_csv_is_named(text, message, tmp_path):
    (tmp_path / "game.csv").write_text(text)
    with pytest.raises(ValueError, match=rf"game\.csv: .*{message}"):
        read_tracking(tmp_path / "game.csv")


def test_other_files_are_named(tmp_path):
    np.savez(tmp_path / "game.npz", team=np.zeros((3, 4)))
    with pytest.raises(ValueError, match="no array called 'players'"):
        read_tracking(tmp_path / "game.npz")
    (tmp_path / "cut.npz").write_bytes(b"PK")
    (tmp_path / "photo.csv").write_bytes(b"\xff\xd8\xff\xe0\x00\x9d")
    for name in ("cut.npz", "photo.csv", "none.npz", "game.xlsx", "a.csv"):
        with pytest.raises(ValueError, match=name):
            read_tracking(tmp_path / name)


@pytest.mark.parametrize("teams", [("fc_red", "fc_blue"), ("red", "red_b")])
@pytest.mark.parametrize(
    "spelling", ["{}_{}_{}", "{} {} {}", "{}.{}.{}", "{}-{}-{}"]
)
def test_teams_are_the_longest_prefixes(teams, spelling, tmp_path):
    columns = [
        spelling.format(team, player, axis)
        for team in teams
        for player in (7, "Ann", "9b")
        for axis in ("x", "Y")
    ]
    header = ",".join(["Frame", *columns, "Ball_X", "BALL_y", "speed", "home"])
    row = ",".join(map(str, [3, *range(20, 32), 5, 6, 99, "yes"]))
    (tmp_path / "game.csv").write_text(f"{header}\n{row}\n")
    found = read_tracking(tmp_path / "game.csv")
    assert found.team.tolist() == [[0, 0, 0, 1, 1, 1]]
    assert found.players.tolist() == [[[x, x + 1] for x in range(20, 32, 2)]]
    assert found.ball.tolist() == [[5, 6]] and found.number.tolist() == [3]


@pytest.mark.parametrize(
    ("people", "teams"),
    [
        (["home_van_dijk", "home_salah", "away_saka", "away_de_ligt"], "0011"),
        (["fc_red_de_jong", "fc_red_7", "fc_blue_9", "fc_blue_gk_1"], "0011"),
        (["real_madrid_1", "liverpool_1", "liverpool_2"], "011"),
        (["home1", "home12", "away1", "away2"], "0011"),
        (["home_1", "referee_1", "away_1", "official_2", "referee"], "01"),
    ],
)
def test_names_may_have_the_separator(people, teams, tmp_path):
    header = ",".join(f"{name}_{axis}" for name in people for axis in "xy")
    row = ",".join(str(3 * i) for i in range(2 * len(people)))
    (tmp_path / "game.csv").write_text(f"frame,{header}\n0,{row}\n")
    found = read_tracking(tmp_path / "game.csv")
    assert "".join(map(str, found.team[0])) == teams


@pytest.mark.parametrize("layout", ["wide", "long"])
def test_players_and_teams_keep_their_names(layout, tmp_path):
    if layout == "wide":
        text = "frame,Red_7_x,Red_7_y,FC_Ann_x,FC_Ann_y\n0,1,2,30,4\n"
    else:
        # pandas writes 7.0 if the ball has no player.
        text = "frame,team,player,x,y\n0,Red,7.0,1,2\n0,ball,,5,6\n"
        text += "0,FC,Ann,30,4\n1,red,7.0,2,2\n"
    (tmp_path / "game.csv").write_text(text)
    found = read_tracking(tmp_path / "game.csv")
    assert found.names == ("7", "Ann") and found.team_names == ("Red", "FC")
    assert found.title_of(0, 0) == "player 7 of Red"
    assert found.title_of(0, 1) == "Ann of FC"


@pytest.mark.parametrize("layout", ["wide", "long"])
def test_frames_are_told_by_period_and_number(layout, tmp_path):
    rows = [(1, 0, 0.0), (1, 1, 0.2), (2, 0, 0.0), (2, 1, 0.2)]
    if layout == "wide":
        text = "Period,frame,time,a_1_x,a_1_y,b_1_x,b_1_y\n"
        rows.append((" ", 5, ""))
        for i, (*row, time) in enumerate(rows):
            text += f"{row[0]},{row[1]},{time},{i},1,20,30\n"
    else:
        text = "period,frame,time,team,player,x,y\n"
        for i, (*row, time) in enumerate(rows):
            start = f"{row[0]},{row[1]},{time}"
            text += f"{start},a,1,{i},1\n{start},b,1,20,30\n"
    (tmp_path / "game.csv").write_text(text)
    found = read_tracking(tmp_path / "game.csv")
    assert found.period[:4].tolist() == [1, 1, 2, 2]
    assert (found.period[4:] == -1).all() and len(found) == len(rows)
    np.testing.assert_allclose(found.clock[:4], [0, 0.2] * 2, atol=1e-9)
    assert found.index_of(1, 2) == 3
    assert found.players[:, 0, 0].tolist() == list(range(len(rows)))
    # A step of 1 m in 0.2 s, and none to the other period.
    np.testing.assert_allclose(found.velocities[:4, 0], [[5, 0]] * 4, atol=0.01)


def test_a_ball_without_a_team_is_the_ball(tmp_path):
    text = "frame,team,player,x,y\n0,a,1,1,2\n0,b,2,30,4\n0,NaN,Ball,5,6\n"
    (tmp_path / "game.csv").write_text(text)
    found = read_tracking(tmp_path / "game.csv")
    assert found.ball.tolist() == [[5, 6]] and found.names == ("1", "2")


def test_three_teams_are_named(tmp_path):
    header = ",".join(f"{t}_1_{axis}" for t in ("a", "b", "c") for axis in "xy")
    (tmp_path / "game.csv").write_text(f"frame,{header}\n0,1,2,3,4,5,6\n")
    with pytest.raises(ValueError, match="more than two teams: a, b, c"):
        read_tracking(tmp_path / "game.csv")


@pytest.mark.parametrize("write", [write_long, write_wide])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("comma", [False, True])
def test_other_delimiters_and_decimal_commas(write, delimiter, comma, tmp_path):
    write(tmp_path / "game.csv", game())
    text = (tmp_path / "game.csv").read_text().replace(",", delimiter)
    text = text.replace(".", ",") if comma else text
    (tmp_path / "game.csv").write_text(text)
    assert_same(read_tracking(tmp_path / "game.csv"), Tracking(**game()))


def test_unknown_cells_blank_rows_and_frames_of_one_number(tmp_path):
    (tmp_path / "game.csv").write_text(
        "frame,a_1_x,a_1_y,b_1_x,b_1_y,ball_x,ball_y\n"
        "0,1,2,30,4,NA,null\n,,,,,,\n\n00,1,2,30,4,5,6,,\n"
        "-1,1,2,none,N/A,-,<NA>\n1.0,-40,5\n"
    )
    found = read_tracking(tmp_path / "game.csv")
    assert found.number.tolist() == [0, -1, 1]
    assert found.has_ball.tolist() == [True, False, False]
    assert np.isnan(found.players[1:, 1]).all()


@pytest.mark.parametrize(
    "row", ["NaN", "null", "NA", "nan", "n/a", "None", "-", " ", '""']
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_unknown_values_are_spelt_in_many_ways(row, delimiter, tmp_path):
    text = "frame,time,period,a_1_x,a_1_y,b_1_x,b_1_y,ball_x,ball_y\n"
    text += f"0,{row},{row},1,2,{row},{row},{row},{row}\n1,0.2,1,1,2,3,4,5,6"
    text = text.replace(",", delimiter)
    (tmp_path / "game.csv").write_text(text)
    found = read_tracking(tmp_path / "game.csv")
    assert found.has_ball.tolist() == [False, True]
    assert np.isnan(found.players[0, 1]).all() and np.isnan(found.time[0])
    assert found.period.tolist() == [-1, 1]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_name_may_have_commas(delimiter, tmp_path):
    people = ["FC Red Ann, J. K, L", "FC Red 7", "Blue 1", "Blue 7"]
    columns = [f'"{name} {axis}"' for name in people for axis in "xy"]
    text = delimiter.join(["frame", *columns]) + "\n"
    text += delimiter.join(["0", "1,5", "2", "30", "4", "-9", "8", "7", "6"])
    (tmp_path / "game.csv").write_text(text)
    found = read_tracking(tmp_path / "game.csv")
    places = [[1.5, 2], [30, 4], [-9, 8], [7, 6]]
    assert found.players.tolist() == [places]
    assert found.team_names == ("FC Red", "Blue")
    assert found.names == ("Ann, J. K, L", "7", "1", "7")


def test_a_first_line_may_state_the_delimiter(tmp_path):
    text = "sep=;\r\nframe;a_1_x;a_1_y;b_1_x;b_1_y\r\n0;1,5;2;30;4\r\n"
    (tmp_path / "game.csv").write_text(text)
    found = read_tracking(tmp_path / "game.csv")
    assert found.players.tolist() == [[[1.5, 2], [30, 4]]]
    (tmp_path / "game.csv").write_text("sep=;\n")
    with pytest.raises(ValueError, match=r"game\.csv: is empty"):
        read_tracking(tmp_path / "game.csv")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(encoding, tmp_path):
    text = "frame\tKöln_Müller_x\tKöln_Müller_y\tB_1_x\tB_1_y\n0\t1,5\t2\t3\t4"
    (tmp_path / "game.csv").write_bytes(text.encode(encoding))
    found = read_tracking(tmp_path / "game.csv")
    assert found.title_of(0, 0) == "Müller of Köln"
    assert found.players[0, 0].tolist() == [1.5, 2]


def test_a_cut_file_of_another_encoding_is_named(tmp_path):
    text = "frame,a_1_x,a_1_y,b_1_x,b_1_y\n0,1,2,3,4\n".encode("utf-16")
    (tmp_path / "game.csv").write_bytes(text[:-1])
    with pytest.raises(ValueError, match=r"game\.csv: is no UTF-16.* text"):
        read_tracking(tmp_path / "game.csv")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_referees_are_left_out(delimiter, tmp_path):
    text = "frame,team,player,x,y\n0,a,1,1,2\n0,b,2,30,4\n"
    text += "0,Referee,1,5,6\n0,officials,NA,NA,x\n0,ball,NA,NA,NA\n"
    (tmp_path / "game.csv").write_text(text.replace(",", delimiter))
    found = read_tracking(tmp_path / "game.csv")
    assert found.names == ("1", "2") and not found.has_ball.any()
    assert found.players.tolist() == [[[1, 2], [30, 4]]]


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("utf-16-be", "UTF-8"),
        ("latin-1", "no UTF-8 text .byte 0xfc.*save it"),
    ],
)
def test_other_encodings_are_named(encoding, message, tmp_path):
    text = "frame,Köln_Müller_x,Köln_Müller_y\n0,1,2\n"
    text = text.replace("ö", "o")
    (tmp_path / "game.csv").write_bytes(text.encode(encoding))
    with pytest.raises(ValueError, match=rf"game\.csv: .*{message}"):
        read_tracking(tmp_path / "game.csv")


def test_what_is_no_file_is_named(tmp_path):
    """A pipe without a writer must not be waited for."""
    for suffix in (".csv", ".npz"):
        os.mkfifo(tmp_path / f"pipe{suffix}")
        (tmp_path / f"folder{suffix}").mkdir()
        (tmp_path / f"device{suffix}").symlink_to("/dev/zero")
        for name, message in (
            ("pipe", "not a regular file"),
            ("device", "not a regular file"),
            ("folder", "a folder"),
        ):
            with pytest.raises(ValueError, match=f"{name}.*: is {message}"):
                read_tracking(tmp_path / f"{name}{suffix}")


def test_what_is_too_large_is_refused(tmp_path):
    for name, most in (("game.csv", "0.5"), ("game.npz", "2")):
        with open(tmp_path / name, "wb") as file:
            file.truncate(2**31 + 1)
        with pytest.raises(
            ValueError, match=f"{name}: has 2.0 GiB; at most {most} G"
        ):
            read_tracking(tmp_path / name)
    columns = ",".join(f"a_{i}_{axis}" for i in range(10**5) for axis in "xy")
    (tmp_path / "wide.csv").write_text(f"frame,{columns}\n")
    with pytest.raises(ValueError, match="wide.csv: has more than 200 players"):
        read_tracking(tmp_path / "wide.csv")
    (tmp_path / "line.csv").write_bytes(b"a" * (2**24 + 1))
    with pytest.raises(ValueError, match="line of more than"):
        read_tracking(tmp_path / "line.csv")


def replaced(path, header, data):
    """Write a game whose `players` has this header and data."""
    arrays = {k: v for k, v in game().items() if k != "players"}
    np.savez_compressed(path, **arrays)
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, header)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("players.npy", buffer.getvalue() + data)


def test_shapes_that_are_not_there_are_refused(tmp_path):
    header = {"descr": "<f4", "fortran_order": False}
    for shape, data in (
        ((10**6, 10**6, 2), b"1234"),
        ((5, 4, 2), bytes(10**7)),
        ((-1, 4, 2), bytes(160)),
    ):
        replaced(tmp_path / "game.npz", {**header, "shape": shape}, data)
        with pytest.raises(ValueError, match=r"game\.npz: `players`.*damaged"):
            read_tracking(tmp_path / "game.npz")


def test_a_file_that_inflates_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(read_npz_tracking, "_LARGEST", 10**6)
    header = {"descr": "<f4", "fortran_order": False, "shape": (10**6,)}
    replaced(tmp_path / "game.npz", header, bytes(4 * 10**6))
    assert (tmp_path / "game.npz").stat().st_size < 10**5
    with pytest.raises(ValueError, match=r"game\.npz: has arrays of"):
        read_tracking(tmp_path / "game.npz")


def test_objects_are_not_unpickled(tmp_path):
    arrays = {**game(), "players": np.array([Path("a"), None])}
    np.savez(tmp_path / "game.npz", **arrays)
    with pytest.raises(ValueError, match=r"game\.npz: `players` must be num"):
        read_tracking(tmp_path / "game.npz")


def test_arrays_in_fortran_order(tmp_path):
    arrays = {k: np.asfortranarray(v) for k, v in game().items()}
    np.savez(tmp_path / "game.npz", **arrays)
    assert_same(read_tracking(tmp_path / "game.npz"), Tracking(**game()))


def test_two_arrays_of_one_name_are_refused(tmp_path):
    path = tmp_path / "game.npz"
    file = io.BytesIO()
    np.save(file, game()["team"])
    np.savez(path, **game())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("team", file.getvalue())
    with pytest.raises(ValueError, match="two arrays of one name"):
        read_tracking(path)
