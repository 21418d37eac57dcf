import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from convzoo.training import film_ball, simulate_play
from convzoo.training.football.drawing.ball_scene import BallScene
from convzoo.training.football.drawing.film_ball import (
    _past,
    choose_frames,
)
from convzoo.training.football.drawing.plot_ball import say_where
from convzoo.zoo import BallPositionPredictor
from tests.support import randomized

pytestmark = pytest.mark.usefixtures("uncompiled")


@pytest.fixture(scope="module")
def play():
    return simulate_play(9, seed=0)


@pytest.fixture(scope="module")
def model():
    return randomized(
        BallPositionPredictor(width=8, depth=1, heads=1, map_width=4)
    )


@pytest.fixture
def packages():
    pytest.importorskip("mplsoccer", reason="mplsoccer is not installed")


def test_which_frames(play):
    assert choose_frames(play) == range(9)
    assert choose_frames(play, (2, 8)) == range(2, 9)
    assert choose_frames(play, [3, 3]) == range(3, 4)
    long = simulate_play(1600, seed=0)
    assert choose_frames(long) == range(250)
    assert choose_frames(long, (100, 1599)) == range(100, 1600)
    with pytest.raises(ValueError, match=r"`frames`.*1500.*\(0, 1500\).*1501"):
        choose_frames(long, (0, 1500))
    for wrong in ((0, 9), (-1, 3), (4, 3), (0, 1.5), (1,), 3):
        with pytest.raises(ValueError, match="`frames`.*from 0 to 8.*Received"):
            choose_frames(play, wrong)
    with pytest.raises(ValueError, match="`tracking` must have a frame"):
        choose_frames(play[:0])


@pytest.mark.usefixtures("packages")
def test_a_gif_has_every_frame(play, model, tmp_path):
    path = tmp_path / "clip.gif"
    assert film_ball(play, model, path, (5, 7)) == range(5, 8)
    scene = BallScene(play, model, [5], trails=True)
    with Image.open(path) as clip:
        assert clip.n_frames == 3 and clip.size == (1000, 830)
        assert clip.info["loop"] == 0
        for index, said in enumerate(say_where(play, model, [5, 6, 7])):
            clip.seek(index)
            picture = np.asarray(clip.convert("RGB")).astype(int)
            scene.show(5 + index, said, play.ball[5 : 6 + index])
            away = np.abs(picture - scene.picture())
            # GIF has 256 colours; another frame would differ more.
            assert away.mean() < 2 and np.mean(away.max(2) > 60) < 1e-4
    assert [p.name for p in tmp_path.iterdir()] == ["clip.gif"]


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(
    ("span", "rate", "milliseconds"), [((4, 4), 5.0, 200), ((3, 4), 12, 80)]
)
def test_a_frame_stays_for_its_time(
    play, model, tmp_path, span, rate, milliseconds
):
    path = tmp_path / "clip.gif"
    film_ball(play, model, path, span, rate)
    with Image.open(path) as clip:
        assert clip.n_frames == span[1] - span[0] + 1
        for index in range(clip.n_frames):
            clip.seek(index)
            assert clip.info["duration"] == milliseconds


@pytest.mark.usefixtures("packages")
def test_a_file_is_replaced_only_when_asked(play, model, tmp_path):
    path = tmp_path / "clip.gif"
    path.write_text("mine")
    with pytest.raises(ValueError, match=r"clip\.gif: exists already"):
        film_ball(play, model, path)
    assert path.read_text() == "mine"
    film_ball(play, model, path, (0, 1), overwrite=True)
    assert path.read_bytes().startswith(b"GIF89a")


def test_a_trail_is_of_the_past_two_seconds():
    times = np.arange(60) / 25
    assert _past(times, 55).tolist() == list(range(5, 56))
    assert _past(times, 3).tolist() == [0, 1, 2, 3]
    # A second period whose clock starts again.
    assert _past(np.array([7.0, 8.0, 0.0, 1.0]), 3).tolist() == [2, 3]


@pytest.mark.usefixtures("packages")
def test_an_mp4(play, model, tmp_path):
    if shutil.which("ffmpeg") is None:
        pytest.importorskip("imageio_ffmpeg", reason="there is no ffmpeg")
    path = tmp_path / "clip.mp4"
    film_ball(play, model, path, (0, 3), 2.5)
    data = path.read_bytes()
    assert data[4:8] == b"ftyp" and b"moov" in data and b"avc1" in data
    # The header mvhd, version 0: two dates, timescale and duration.
    start = data.index(b"mvhd") + 16
    scale, ticks = np.frombuffer(data[start : start + 8], ">u4").astype(int)
    assert ticks / scale == pytest.approx(4 / 2.5, abs=0.01)
    assert [p.name for p in tmp_path.iterdir()] == ["clip.mp4"]


@pytest.mark.usefixtures("packages")
def test_an_mp4_without_ffmpeg_names_the_remedy(
    play, model, tmp_path, monkeypatch
):
    import matplotlib

    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    missing = {"animation.ffmpeg_path": str(tmp_path / "ffmpeg")}
    with (
        matplotlib.rc_context(missing),
        pytest.raises(ValueError, match=r"clip\.mp4.*imageio-ffmpeg.*\.gif"),
    ):
        film_ball(play, model, tmp_path / "clip.mp4")


@pytest.mark.usefixtures("packages")
@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize("reads", ["cat >/dev/null", "exit 4"])
def test_an_ffmpeg_that_fails_leaves_nothing(play, model, tmp_path, reads):
    import matplotlib

    broken, out = tmp_path / "ffmpeg", tmp_path / "out"
    broken.write_text(f"#!/bin/sh\n{reads}\nexit 3\n")
    broken.chmod(0o755)
    out.mkdir()
    with (
        matplotlib.rc_context({"animation.ffmpeg_path": str(broken)}),
        pytest.raises(ValueError, match=r"clip\.mp4.*ffmpeg fails"),
    ):
        film_ball(play, model, out / "clip.mp4", (0, 1))
    assert list(out.iterdir()) == []


def test_arguments_are_checked_by_name(play, model, tmp_path):
    with pytest.raises(ValueError, match=r"clip\.avi.*\.gif or \.mp4"):
        film_ball(play, model, tmp_path / "clip.avi")
    for rate in (0, 50.5, "5"):
        with pytest.raises(ValueError, match="`frame_rate`.*Received"):
            film_ball(play, model, tmp_path / "clip.gif", frame_rate=rate)


@pytest.mark.usefixtures("packages")
def test_a_game_without_frames_is_refused(play, model, tmp_path):
    with pytest.raises(ValueError, match="`tracking` must have a frame"):
        film_ball(play[:0], model, tmp_path / "clip.gif")
    assert list(tmp_path.iterdir()) == []


def test_without_packages_it_says_what_to_install(
    play, model, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "mplsoccer", None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[football\]"):
        film_ball(play, model, tmp_path / "clip.gif")
