"""`convzoo ball` on what people type, and on what goes wrong."""

import errno
import os
import re

import numpy as np
import pytest

from convzoo.training import simulate_play
from convzoo.training.football import write_ball as writing
from convzoo.zoo import BallPositionPredictor

pytestmark = pytest.mark.usefixtures("uncompiled", "one_process")


@pytest.fixture
def ball(monkeypatch, command, tmp_path):
    """Run `convzoo ball` in a folder with a game; return code and output."""
    play = simulate_play(12)
    balls = play.ball.copy()
    balls[4:7] = np.nan
    arrays = {"players": play.players, "team": play.team, "time": play.time}
    np.savez(tmp_path / "game.npz", **arrays, ball=balls)
    np.savez(tmp_path / "whole.npz", **arrays, ball=play.ball)
    model = BallPositionPredictor(width=4, depth=1, heads=1, map_width=4)
    model.save_to_preset(tmp_path / "model")
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return command("ball", *arguments, "--preset", "model")

    return run


def test_a_file_without_missing_balls_says_so(ball):
    assert ball("whole.npz", "-o", "a.csv") == (
        0,
        "a.csv: 0 of 12 frames filled; no ball is missing\n",
        "",
    )
    assert ball("game.npz", "-o", "b\nc.csv")[1] == (
        "b\\nc.csv: 3 of 12 frames filled\n"
    )


def test_passes_are_a_table(ball):
    code, out, error = ball("game.npz", "-o", "a.csv", "--passes", "b.csv")
    assert (code, error) == (0, "")
    counts = re.search(r"b.csv: (\d+) possessions, (\d+) passes\n$", out)
    with open("b.csv") as file:
        kinds = [line.split(",")[0] for line in file][1:]
    assert kinds.count("possession") == int(counts[1]) > 0
    assert kinds.count("pass") == int(counts[2])
    code, out, error = ball("game.npz", "-o", "c.csv", "--passes", "b.csv")
    assert (code, out) == (2, "") and error.count("\n") == 1
    assert "b.csv: exists already; pass `--overwrite`" in error
    assert not os.path.exists("c.csv")


def test_names_of_any_bytes(ball):
    name = os.fsdecode(b"\xff" + 250 * b"n" + b".csv")
    code, out, error = ball("game.npz", "-o", name)
    assert (code, error) == (0, "") and "3 of 12 frames filled" in out
    assert os.path.exists(name)


def write_halves(path):
    """Two halves of three frames, of the same numbers."""
    text = "period,frame,time,Red_7_x,Red_7_y,Blue_9_x,Blue_9_y\n"
    for index in range(6):
        half, frame = divmod(index, 3)
        text += f"{half + 1},{frame},{frame / 5},{10 + index},5,-20,{index}\n"
    path.write_text(text)


def test_players_and_halves_are_named(ball, tmp_path):
    pytest.importorskip("mplsoccer", reason="mplsoccer is not installed")
    write_halves(tmp_path / "halves.csv")
    plot = ("--plot", "a.png", "--frame", "1", "--period", "2")
    code, out, error = ball("halves.csv", "-o", "a.csv", *plot)
    assert (code, error) == (0, "")
    assert re.search(
        "a.png: frame 1 of period 2; most likely has the ball: "
        "player (7 of Red|9 of Blue)\n",
        out,
    )
    table = (tmp_path / "a.csv").read_text()
    assert re.search(r"\n1,.*,(7,Red|9,Blue),2,0\.200\n", table)
    video = ("--video", "a.gif", "--frames", "1:2", "--period", "1")
    code, out, error = ball("halves.csv", "-o", "b.csv", *video)
    assert (code, error) == (0, "")
    assert "a.gif: frames 1 of period 1 to 2 of period 1, 2 of 6\n" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--plot", "a.png", "--frame", "1"), "`--period` chooses one; .*1 a"),
        (
            ("--plot", "a.png", "--frame", "1", "--period", "3"),
            "halves.csv: there is no period 3; there are 1 and 2",
        ),
        (("--period", "2"), "`--period` needs `--frame` or `--frames`"),
    ],
)
def test_the_half_of_a_frame_must_be_clear(ball, arguments, message, tmp_path):
    if "--plot" in arguments:
        pytest.importorskip("mplsoccer", reason="mplsoccer is not installed")
    write_halves(tmp_path / "halves.csv")
    code, out, error = ball("halves.csv", "-o", "a.csv", *arguments)
    assert code == 2 and out == "" and error.count("\n") == 1
    assert re.search(message, error)
    assert not os.path.exists("a.csv")


def test_metres_of_another_pitch(ball, tmp_path):
    """On a pitch of twice the width, the ball is as far along as before."""
    game = dict(np.load("game.npz"))
    scale = np.array([1, 2])
    game["players"], game["ball"] = (
        game["players"] * scale,
        game["ball"] * scale,
    )
    np.savez("broad.npz", **game)
    # Over time, the ball is followed in the metres of the file.
    alone = "--motion", "none"
    assert ball("game.npz", "-o", "a.csv", *alone)[0] == 0
    broad = "--pitch", "105,136"
    assert ball("broad.npz", "-o", "b.csv", *broad, *alone)[0] == 0
    usual, broad = (
        np.genfromtxt(name, delimiter=",", skip_header=1, usecols=range(5))
        for name in ("a.csv", "b.csv")
    )
    np.testing.assert_allclose(broad, usual * (1, 1, 2, 2, 2), atol=0.02)
    for wrong in ("105", "105,-1", "a,b"):
        code, out, error = ball("game.npz", "-o", "c.csv", "--pitch", wrong)
        assert code == 2 and out == "" and error.count("\n") == 1
        assert "pitch" in error or wrong in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nope:a,b", "-o", "a.csv"), "nope:a,b: .*hawkeye, metrica"),
        (("tfds:nope", "-o", "a.csv"), "tfds:nope: "),
        (
            ("game.npz", "-o", "a.csv", "--plot", "a.png", "--frame", "9999"),
            "game.npz: there is no frame 9999; there are 12, from 0 to 11",
        ),
        (("metrica:a.csv,b.csv", "-o", "b.csv"), "b.csv: is named twice"),
        (("METRICA: a.csv, b.csv", "-o", "b.csv"), "b.csv: is named twice"),
        (("link.npz", "-o", "hard.csv", "--overwrite"), "hard.csv: is named"),
        (("game.npz", "-o", "a.csv", "--passes", "a.csv"), "a.csv: is named"),
        (("game.npz", "-o", "a.csv", "--passes", "b.txt"), "end with .csv"),
    ],
)
def test_what_is_wrong_is_one_line(ball, arguments, message):
    os.symlink("game.npz", "link.npz")
    os.link("game.npz", "hard.csv")
    before = {path: os.stat(path).st_mtime_ns for path in os.listdir()}
    code, out, error = ball(*arguments)
    assert code == 2 and out == "" and error.count("\n") == 1
    assert re.search(message, error)
    for word in ("provider=", "data=", "`data`", "`provider`"):
        assert word not in error
    assert before == {path: os.stat(path).st_mtime_ns for path in os.listdir()}


def test_one_output_that_fails_does_not_stop_the_others(ball, monkeypatch):
    pytest.importorskip("mplsoccer", reason="mplsoccer is not installed")

    def full(*_):
        yield ()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(writing, "_rows", full)
    code, out, error = ball("game.npz", "-o", "a.csv", "--plot", "a.png")
    assert code == 1 and re.fullmatch(
        r"a.png: frame 4; most likely has the ball: player \d+ of team [01]\n",
        out,
    )
    assert error == (
        "convzoo: failed: a.csv: cannot be written (No space left on device)\n"
    )
    assert sorted(os.listdir()) == ["a.png", "game.npz", "model", "whole.npz"]
