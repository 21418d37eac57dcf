import sys

import numpy as np
import pytest
from PIL import Image

from convzoo.training import fill_ball, plot_ball, simulate_play
from convzoo.training.football.drawing.plot_ball import choose_frame, say_where
from convzoo.zoo import BallPositionPredictor
from tests.support import randomized

pytestmark = pytest.mark.usefixtures("uncompiled")


@pytest.fixture(scope="module")
def play():
    """Eight frames, without players in 2 and without a ball in 2, 3 and 4."""
    given = simulate_play(8, seed=0)
    ball, players = given.ball.copy(), given.players.copy()
    ball[2:5] = np.nan
    players[2] = np.nan
    return type(given)(players, given.team, given.velocities, ball)


@pytest.fixture(scope="module")
def model():
    return randomized(
        BallPositionPredictor(width=8, depth=1, heads=1, map_width=4)
    )


@pytest.fixture
def packages():
    pytest.importorskip("mplsoccer", reason="mplsoccer is not installed")


def test_the_first_that_is_filled_unless_another_is_named(play):
    assert choose_frame(play) == 3
    assert choose_frame(play[5:]) == 0
    assert choose_frame(play, 7) == 7
    for wrong in (8, -1, 1.0):
        with pytest.raises(ValueError, match=f"`frame`.*7.*frame={wrong}"):
            choose_frame(play, wrong)
    with pytest.raises(ValueError, match="`tracking` must have a frame"):
        choose_frame(play[:0])


def test_it_says_what_the_model_says(play, model):
    outputs = model.predict(play.inputs(), verbose=0)
    found = list(say_where(play, model, [6, 1]))
    for frame, said in zip((6, 1), found, strict=True):
        for name, array in outputs.items():
            np.testing.assert_allclose(said[name], array[frame], atol=1e-4)


def test_what_was_filled_is_shown_as_it_was_filled(play, model):
    filled = fill_ball(play, model, motion=None)
    ball, carrier = filled.tracking.ball + 3, np.full(8, 5)
    found = filled._replace(
        tracking=play.with_ball(ball),
        radius_50=filled.radius_50 + 1,
        carrier=carrier,
        certainty=np.full(8, 0.75),
    )
    alone = list(say_where(play, model, [3, 6]))
    missing, known = say_where(play, model, [3, 6], found)
    np.testing.assert_array_equal(missing["position"], ball[3])
    assert missing["radius_50"] == found.radius_50[3]
    assert missing["carrier"].argmax() == 5 and missing["carrier"][5] == 0.75
    np.testing.assert_array_equal(missing["heatmap"], alone[0]["heatmap"])
    for name, each in alone[1].items():
        np.testing.assert_array_equal(known[name], each)


@pytest.mark.usefixtures("packages")
def test_a_picture_is_whole(play, model, tmp_path):
    path = tmp_path / "frame.png"
    assert plot_ball(play, model, path) == 3
    with Image.open(path) as image:
        assert image.size == (1000, 830)
        picture = np.asarray(image.convert("RGB")).astype(int)
    assert picture.std() > 10
    assert [p.name for p in tmp_path.iterdir()] == ["frame.png"]
    with pytest.raises(ValueError, match=r"frame\.png: exists already"):
        plot_ball(play, model, path, 5)
    assert plot_ball(play, model, path, 5, overwrite=True) == 5
    with Image.open(path) as image:
        other = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(other - picture).max() > 100


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(
    ("name", "start"), [("f.pdf", b"%PDF"), ("f.SVG", b"<?xml")]
)
def test_other_formats(play, model, tmp_path, name, start):
    plot_ball(play, model, tmp_path / name, 2)
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.usefixtures("packages")
def test_the_model_sees_what_is_drawn_alone(play, model, tmp_path, monkeypatch):
    seen = []
    predict = model.predict_on_batch

    def record(inputs):
        seen.append(inputs["players"])
        return predict(inputs)

    monkeypatch.setattr(model, "predict_on_batch", record)
    frame = plot_ball(play, model, tmp_path / "frame.png")
    (batch,) = seen
    # Padded with the frame itself.
    np.testing.assert_array_equal(
        batch, np.broadcast_to(play.players[frame], batch.shape)
    )


@pytest.mark.usefixtures("packages")
def test_a_model_of_pictures(play, tmp_path):
    model = BallPositionPredictor(
        sees="image", map_width=4, spatial="plain", pixels_per_metre=1.5
    )
    plot_ball(play, model, tmp_path / "frame.png")
    assert (tmp_path / "frame.png").stat().st_size > 10_000


@pytest.mark.usefixtures("packages")
def test_what_cannot_be_written_leaves_nothing(
    play, model, tmp_path, monkeypatch
):
    from matplotlib.figure import Figure

    def full(figure, path):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", full)
    with pytest.raises(ValueError, match=r"frame\.png.*No space left"):
        plot_ball(play, model, tmp_path / "frame.png")
    assert list(tmp_path.iterdir()) == []


def test_names_that_will_not_do(play, model, tmp_path):
    with pytest.raises(ValueError, match=r"frame\.jpg.*\.png or \.pdf"):
        plot_ball(play, model, tmp_path / "frame.jpg")
    with pytest.raises(ValueError, match="folder .*none does not exist"):
        plot_ball(play, model, tmp_path / "none" / "frame.png")


@pytest.mark.usefixtures("packages")
def test_a_game_without_frames_is_refused(play, model, tmp_path):
    with pytest.raises(ValueError, match="`tracking` must have a frame"):
        plot_ball(play[:0], model, tmp_path / "frame.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["mplsoccer", "matplotlib.figure"])
def test_without_packages_it_says_what_to_install(
    play, model, tmp_path, monkeypatch, name
):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[football\]"):
        plot_ball(play, model, tmp_path / "frame.png")
    assert list(tmp_path.iterdir()) == []
