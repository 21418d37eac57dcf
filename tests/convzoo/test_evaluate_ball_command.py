"""`convzoo evaluate ball --holes`: what is printed, and what is refused."""

import re

import numpy as np
import pytest

from convzoo.training import simulate_play
from convzoo.zoo import BallMotion, BallPositionPredictor

pytestmark = pytest.mark.usefixtures("uncompiled", "one_process")


@pytest.fixture
def evaluate(monkeypatch, command, tmp_path):
    """Run `convzoo evaluate ball` in a folder with a game."""
    play = simulate_play(150)
    # The ball moves on a straight line.
    ball = np.stack([play.time, -play.time / 2], axis=1)
    arrays = {"players": play.players, "team": play.team, "time": play.time}
    np.savez(tmp_path / "game.npz", **arrays, ball=ball)
    np.savez(tmp_path / "none.npz", **arrays)
    model = BallPositionPredictor(width=4, depth=1, heads=1, map_width=4)
    monkeypatch.setattr(
        BallPositionPredictor, "from_preset", lambda *_, **__: model
    )
    motion = BallMotion(width=4, dilations=(1,))
    # Presets that were loaded once are kept.
    monkeypatch.setattr(
        "convzoo.training.football.named_motion._loaded", lambda _: motion
    )
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return command("evaluate", "ball", *arguments)

    return run


def test_a_row_per_length_and_a_column_per_filler(evaluate):
    code, out, error = evaluate(
        "--data", "game.npz", "--holes", "1,0.4,60", "--data", "none.npz"
    )
    # The file without a ball does not stop the other.
    assert code == 1 and error.count("\n") == 1
    assert "none.npz: has no frame with a ball" in error
    assert "game.npz, 150 frames" in out
    assert re.search(r"straight line +cubic +each frame +over time", out)
    rows = [line.split() for line in out.splitlines()]
    rows = {row[0]: row[1:] for row in rows if row[1:2] == ["s"]}
    assert list(rows) == ["1", "0.4"]
    # Without a known ball, there is no line.
    (without,) = [row for row in out.splitlines() if row.strip()[:4] == "all "]
    assert len(re.findall(r"\d\.\d+ ", without + " ")) >= 2
    for _, holes, *cells in rows.values():
        assert int(holes) > 3
        assert cells[0] == "0.00" and float(cells[-1].split("(")[0]) > 1
    assert re.search(r"radii of 50 and 90 % hold \d+ and \d+ % of the", out)
    assert out.splitlines()[-1] == (
        "60 s: no hole fits into a stretch of play with a known ball"
    )
    assert max(map(len, out.splitlines())) <= 80


def test_carriers_by_precision_and_recall(evaluate):
    game = dict(np.load("game.npz"))
    np.savez("told.npz", **game, carrier=np.full(150, 3))
    files = "--data", "game.npz", "--data", "told.npz"
    code, out, error = evaluate(*files, "--carriers", "--motion", "none")
    assert (code, error) == (0, "")
    assert re.search(
        "game.npz, 150.*true carriers: the players nearest.*"
        "told.npz, 150.*true carriers: those of the file",
        out,
        re.DOTALL,
    )
    rows = re.findall(r"each frame +(\S+) +(\S+) +(\S+)\n", out)
    assert len(rows) == 2 and "over time" not in out
    # Somebody is named in each frame, and has the ball in each of one file.
    assert len(set(rows[1])) == 1
    assert all(0 <= float(cell) <= 100 for cell in rows[0])
    code, out, error = evaluate(*files, "--carriers", "--holes", "1")
    assert (code, out) == (2, "") and error.count("\n") == 1
    assert "`--holes` and `--carriers` exclude each other" in error


@pytest.mark.parametrize(
    ("holes", "message"),
    [
        ("1,-5", "`--holes` must be a .* Received: --holes=-5"),
        ("0", "`--holes` must be a .* Received: --holes=0"),
        ("inf", "`--holes` must be a .* Received: --holes=inf"),
        ("1,,2", "--holes: '1,,2' must be numbers with commas"),
    ],
)
def test_lengths_that_are_none_are_one_line(evaluate, holes, message):
    code, out, error = evaluate("--data", "game.npz", "--holes", holes)
    assert (code, out) == (2, "") and error.count("\n") == 1
    assert re.search(message, error)
