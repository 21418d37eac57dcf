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


def test_names_of_any_bytes(ball):
    name = os.fsdecode(b"\xff" + 250 * b"n" + b".csv")
    code, out, error = ball("game.npz", "-o", name)
    assert (code, error) == (0, "") and "3 of 12 frames filled" in out
    assert os.path.exists(name)


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
        (("link.npz", "-o", "hard.csv", "--overwrite"), "hard.csv: is named"),
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
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(writing, "_rows", full)
    code, out, error = ball("game.npz", "-o", "a.csv", "--plot", "a.png")
    assert code == 1 and out == "a.png: frame 4\n"
    assert error == (
        "convzoo: failed: a.csv: cannot be written (No space left on device)\n"
    )
    assert sorted(os.listdir()) == ["a.png", "game.npz", "model", "whole.npz"]
