import json

import numpy as np
import pytest

from convzoo.training import train_ball_motion
from convzoo.training.football.motion_game import motion_game
from convzoo.training.football.motion_options import MotionOptions
from convzoo.training.football.motion_radii import motion_radii
from convzoo.training.football.motion_sequences import MotionSequences
from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.run import Run
from convzoo.zoo import BallMotion, BallPositionPredictor
from convzoo.zoo.football.motion_inputs import CANDIDATES, EVIDENCE
from tests.support import untraced

pytestmark = pytest.mark.usefixtures("uncompiled")

QUICK = {
    "width": 8,
    "dilations": (1, 2),
    "length": 32,
    "steps": 4,
    "epoch_steps": 2,
    "batch_size": 4,
    "verbose": 0,
}


def write_game(path, frames=120, seed=0, **arrays):
    play = simulate_play(frames, seed=seed)
    given = {
        "players": play.players,
        "team": play.team,
        "velocities": play.velocities,
        "ball": play.ball,
        "time": play.time,
        **arrays,
    }
    np.savez(path, **given)
    return path


@pytest.fixture(scope="module")
def ball_model(tmp_path_factory):
    model = BallPositionPredictor(width=8, depth=1, heads=1, map_width=4)
    folder = tmp_path_factory.mktemp("model") / "ball"
    model.save_to_preset(folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return [write_game(folder / f"{n}.npz", seed=n) for n in (0, 1)]


@pytest.fixture(scope="module")
def trained(data, ball_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    with untraced():
        return train_ball_motion(data, folder, ball_model=ball_model, **QUICK)


def weights_of(run, which="last"):
    return BallMotion.from_preset(run.folder, weights=which).get_weights()


def test_a_run_has_a_calibrated_model(trained):
    best = BallMotion.from_preset(trained.folder)
    assert best.dilations == (1, 2) and not best.causal
    assert best.radius_scales != (1, 1)
    assert [entry["epoch"] for entry in trained.log] == [0, 1]
    assert 0 < trained.best["validation_distance"] < 60
    assert 0 <= trained.best["validation_coverage_90"] <= 1


@pytest.mark.slow
def test_a_run_that_was_cut_ends_with_the_same_weights(
    trained, data, ball_model, tmp_path, monkeypatch
):
    batches = []

    def cut(self, batch, logs=None):
        batches.append(batch)
        if len(batches) == 3:
            raise OSError("the plug was pulled")

    arguments = {**QUICK, "ball_model": ball_model}
    with monkeypatch.context() as patch:
        patch.setattr(Run, "on_train_batch_end", cut)
        with pytest.raises(OSError, match="plug"):
            train_ball_motion(data, tmp_path / "run", **arguments)
    resumed = train_ball_motion(data, tmp_path / "run", **arguments)
    for a, b in zip(weights_of(trained), weights_of(resumed), strict=True):
        np.testing.assert_array_equal(a, b)


def test_nothing_is_held_out(data, ball_model, tmp_path):
    run = train_ball_motion(
        data[0],
        tmp_path / "run",
        ball_model=ball_model,
        hold_out=0,
        causal=True,
        **QUICK,
    )
    assert run.best["epoch"] == 1 and set(run.best) == {"epoch", "loss"}
    assert BallMotion.from_preset(run.folder).causal


def test_test_frames_are_not_seen(ball_model, tmp_path):
    """Poisoned test frames change nothing."""
    play = simulate_play(120)
    split = (np.arange(120) >= 80).astype("int8")
    poisoned = np.where(np.expand_dims(split, 1) == 1, 0, play.ball)
    paths = [
        write_game(tmp_path / "a.npz", split=split),
        write_game(tmp_path / "b.npz", split=split, ball=poisoned),
    ]
    arguments = {**QUICK, "ball_model": ball_model}
    runs = [
        train_ball_motion(path, tmp_path / path.stem, **arguments)
        for path in paths
    ]
    for a, b in zip(*map(weights_of, runs), strict=True):
        np.testing.assert_array_equal(a, b)


def test_another_ball_model_is_another_run(trained, data, tmp_path):
    other = BallPositionPredictor(width=4, depth=1, heads=1, map_width=4)
    other.save_to_preset(tmp_path / "other")
    settings = json.loads((trained.folder / "run.json").read_text())
    assert len(settings["ball_model"]) == 2
    with pytest.raises(ValueError, match="ball_model"):
        train_ball_motion(
            data, trained.folder, ball_model=tmp_path / "other", **QUICK
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", []),
        ("length", 0),
        ("width", 0),
        ("dilations", (0,)),
        ("causal", 1),
        ("frame_rate", 0),
        ("data_rate", -1),
        ("noise", -1),
        ("dropout", 2),
        ("shares", (1, 2, 3)),
        ("hold_out", 1.5),
        ("ball_model", ["a", "b", "c"]),
    ],
)
def test_options_are_checked(name, value):
    arguments = {"data": "x.npz", "out": "run", name: value}
    with pytest.raises(ValueError, match=rf"`{name}.*(Received|: none)"):
        MotionOptions(**arguments)


def test_a_game_without_balls(ball_model, tmp_path):
    path = write_game(tmp_path / "x.npz", ball=np.full((120, 2), np.nan))
    with pytest.raises(ValueError, match=r"x\.npz: has no training frame"):
        train_ball_motion(path, tmp_path / "run", ball_model=ball_model)


@pytest.fixture(scope="module")
def game(ball_model):
    model = BallPositionPredictor.from_preset(ball_model)
    play = simulate_play(90)
    apart = play.with_(time=play.time + 50.0 * (np.arange(90) >= 70))
    with untraced():
        return motion_game(apart, model, 5.0)


def test_sequences_have_targets_where_balls_are_hidden(game):
    batches = MotionSequences([game], 40, 5.0, False, 16, 3, noise=0)
    inputs, ball = batches[1]
    known = inputs["evidence"][..., EVIDENCE.index("known")] == 1
    inside = inputs["evidence"][..., EVIDENCE.index("inside")] == 1
    target = ~np.isnan(ball[..., 0])
    assert not (known & target).any()
    np.testing.assert_array_equal(known | target, inside)
    # Some runs are shorter than a sequence.
    assert known.any() and target.any() and not inside.all()
    curve = inputs["places"][:, :, CANDIDATES.index("curve")]
    balls = np.concatenate([curve[known], ball[target]])
    # Mirrored as the game is not: distances from the centre lines stay.
    ours = np.abs(game.ball).round(2)
    for row in np.abs(balls).round(2)[::17]:
        assert np.abs(ours - row).sum(axis=1).min() < 0.03


def test_batches_depend_on_seed_epoch_and_index_alone(game):
    def batch(seed=0, epoch=0, index=1):
        batches = MotionSequences([game], 20, 5.0, False, 2, 3, seed=seed)
        batches.epoch = epoch
        return batches[index][0]["places"]

    np.testing.assert_array_equal(batch(), batch())
    for change in ({"seed": 1}, {"epoch": 1}, {"index": 2}):
        assert not np.array_equal(batch(), batch(**change), equal_nan=True)


def test_games_without_balls_are_refused(game):
    empty = game._replace(ball=np.full_like(game.ball, np.nan))
    with pytest.raises(ValueError, match="`games` must have two successive"):
        MotionSequences([empty], 20, 5.0, False)


def test_scales_hold_their_shares():
    random = np.random.default_rng(0)
    distances = random.exponential(3, 2000)
    radii = [random.uniform(1, 3, 2000), random.uniform(4, 5, 2000)]
    scales = motion_radii(distances, radii, (1.0, 1.0))
    for scale, radius, share in zip(scales, radii, (0.5, 0.9), strict=True):
        held = (distances <= scale * radius).mean()
        assert held == pytest.approx(share, abs=0.01)
    # Radii that are scaled already.
    again = motion_radii(
        distances,
        [scale * radius for scale, radius in zip(scales, radii, strict=True)],
        scales,
    )
    np.testing.assert_allclose(again, scales, atol=0.002)
    with pytest.raises(ValueError, match="`distances`"):
        motion_radii(distances[:0], radii)
