import sys

import numpy as np
import pytest

from convzoo.training.football.ball_quality import ball_quality, nearest_players
from convzoo.training.football.block_bootstrap import block_bootstrap
from convzoo.training.football.evaluate_ball import (
    evaluate_ball,
    frames_to_evaluate,
)
from convzoo.training.football.fill_ball import fill_ball
from convzoo.training.football.gradient_boosting import gradient_boosting
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.read_tracking import read_tracking
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.football.train_ball import train_ball
from convzoo.training.run import Run
from convzoo.zoo import BallPositionPredictor
from convzoo.zoo.football import ball_read_outs
from tests.support import untraced

pytestmark = pytest.mark.usefixtures("uncompiled")

QUICK = {
    "width": 8,
    "depth": 1,
    "heads": 1,
    "map_width": 4,
    "spatial": "plain",
    "steps": 6,
    "epoch_steps": 2,
    "batch_size": 8,
    "verbose": 0,
}


def game(frames=60, count=6, seed=0):
    """A game in which all players run to the one with the ball."""
    random = np.random.default_rng(seed)
    players = random.uniform((-45, -30), (45, 30), (frames, count, 2))
    carrier = random.integers(count, size=frames)
    ball = players[np.arange(frames), carrier]
    ways = np.expand_dims(ball, 1) - players
    speed = np.linalg.norm(ways, axis=2, keepdims=True)
    return {
        "players": players,
        "team": np.tile(np.arange(count) % 2, (frames, 1)),
        "velocities": 4 * ways / np.maximum(speed, 1),
        "ball": ball,
        "split": (np.arange(frames) >= 40).astype("int8"),
    }


def small(**arguments):
    return BallPositionPredictor(
        width=4, depth=1, heads=1, map_width=4, **arguments
    )


@pytest.fixture(scope="module", autouse=True)
def few_iterations():
    """A coarse point estimate, which takes most of a validation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ball_read_outs, "_STEPS", 3)
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("games")
    for name, count in (("a", 6), ("b", 8)):
        np.savez(folder / f"{name}.npz", **game(count=count))
    return [folder / "a.npz", folder / "b.npz"]


@pytest.fixture(scope="module")
def whole(files, tmp_path_factory):
    """An uninterrupted run."""
    with untraced():
        return train_ball(files, tmp_path_factory.mktemp("whole"), **QUICK)


def test_fine_tuning_starts_from_the_run(whole, files, tmp_path):
    settings = {**QUICK, "init": whole.folder, "learning_rate": 1e-12}
    run = train_ball(files, tmp_path, **settings)
    tuned, first = (
        BallPositionPredictor.from_preset(each.folder).get_weights()
        for each in (run, whole)
    )
    for a, b in zip(tuned, first, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_fine_tuning_another_architecture_is_refused(whole, files, tmp_path):
    settings = {**QUICK, "init": whole.folder, "depth": 2}
    with pytest.raises(ValueError, match="weights do not fit"):
        train_ball(files, tmp_path, **settings)


@pytest.mark.compiled
@pytest.mark.slow
def test_training_learns(files, tmp_path):
    settings = {**QUICK, "width": 16, "steps": 120, "epoch_steps": 60}
    settings |= {"learning_rate": 3e-3, "batch_size": 32, "ema": 0.9}
    run = train_ball(files, tmp_path / "run", **settings)
    first, last = run.log[0], run.log[-1]
    assert last["loss"] < first["loss"]
    assert {"validation_distance", "validation_top_1"} <= set(last)
    model = BallPositionPredictor.from_preset(run.folder)
    centre = evaluate_ball(model, frames_to_evaluate(files[0], model)[0])
    assert centre["run"].mean < centre["pitch centre"].mean


@pytest.mark.slow
def test_a_run_that_was_cut_ends_with_the_same_weights(
    files, whole, tmp_path, monkeypatch
):
    batches = []

    def cut(self, batch, logs=None):
        batches.append(batch)
        # The middle of the second epoch.
        if len(batches) == 3:
            raise OSError("the plug was pulled")

    with monkeypatch.context() as patch:
        patch.setattr(Run, "on_train_batch_end", cut)
        with pytest.raises(OSError, match="the plug was pulled"):
            train_ball(files, tmp_path / "cut", **QUICK)
    assert batches == [0, 1, 0]
    resumed = train_ball(files, tmp_path / "cut", **QUICK)
    assert resumed.log == whole.log
    for name in ("best", "last"):
        one, other = (
            BallPositionPredictor.from_preset(
                run.folder, weights=name
            ).get_weights()
            for run in (whole, resumed)
        )
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.long
def test_a_run_that_was_told_to_stop_is_the_beginning_of_the_whole(
    files, whole, tmp_path
):
    stopped = train_ball(files, tmp_path / "run", stop=4, **QUICK)
    assert stopped.log == whole.log[:2]
    assert train_ball(files, tmp_path / "run", **QUICK).log == whole.log
    # In a shorter run, the learning rate falls sooner.
    shorter = train_ball(files, tmp_path / "short", **{**QUICK, "steps": 4})
    assert shorter.log != stopped.log


@pytest.mark.parametrize("stop", [0, 8, 2.0])
def test_where_to_stop_is_quoted(stop, files, tmp_path):
    with pytest.raises(ValueError, match=f"`stop` must be .*stop={stop}"):
        train_ball(files, tmp_path / "run", stop=stop, **QUICK)


@pytest.mark.long
def test_a_folder_of_another_run_is_refused(files, whole):
    with pytest.raises(ValueError, match="holds a run with data="):
        train_ball(files[:1], whole.folder, **QUICK)


@pytest.mark.parametrize(
    "arguments",
    [
        {"spatial": "all", "schedule": "halving", "ema": 0},
        {"hold_out": 0, "dropout": 0.5, "crop": 1.0},
        {"pitch": (110, 70), "patience": 1, "drop_velocities": 1},
        {"shares": (3, 1)},
        {"sees": "image", "pixels_per_metre": 1},
    ],
)
@pytest.mark.long
def test_every_option_trains(arguments, files, tmp_path):
    run = train_ball(files, tmp_path / "run", **{**QUICK, **arguments})
    assert all(np.isfinite(entry["loss"]) for entry in run.log)
    validated = "validation_distance" in run.log[0]
    assert validated == (arguments.get("hold_out") != 0)
    model = BallPositionPredictor.from_preset(run.folder)
    assert model.pitch == tuple(arguments.get("pitch", (105, 68)))


@pytest.mark.long
def test_the_test_is_not_learned(files, tmp_path):
    """Identical weights with other values in the test split."""
    changed = game()
    changed["ball"][40:] = -changed["ball"][40:]
    np.savez(tmp_path / "other.npz", **changed)
    weights = [
        BallPositionPredictor.from_preset(
            train_ball(path, tmp_path / name, **QUICK).folder
        ).get_weights()
        for name, path in (("x", files[0]), ("y", tmp_path / "other.npz"))
    ]
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hold_out", 2),
        ("shares", (1, 2, 3)),
        ("spatial", "near"),
        ("epoch_steps", 0),
        ("learning_rate", 0),
        ("schedule", "linear"),
        ("weight_decay", -1),
        ("ema", 1),
        ("patience", 0),
        ("crop", 3),
        ("pitch", (1,)),
        ("seed", -1),
        ("frames", 0),
        ("frame_rate", 0),
    ],
)
def test_arguments_are_quoted(name, value, files, tmp_path):
    with pytest.raises(ValueError, match=f"`{name}.*Received: {name}"):
        train_ball(files, tmp_path / "run", **{**QUICK, name: value})


def test_a_file_without_a_ball_is_named(files, tmp_path):
    given = game()
    given["ball"][:] = np.nan
    np.savez(tmp_path / "none.npz", **given)
    with pytest.raises(ValueError, match=r"none\.npz: has no training frame"):
        train_ball([*files, tmp_path / "none.npz"], tmp_path / "run", **QUICK)
    assert not (tmp_path / "run").exists()


def test_no_file_is_no_data(tmp_path):
    with pytest.raises(ValueError, match="`data` must name a file"):
        train_ball([], tmp_path / "run")


def test_figures_are_those_of_numpy():
    given = game()
    tracking = Tracking(**{k: v for k, v in given.items() if k != "split"})
    random = np.random.default_rng(1)
    outputs = {
        "position": tracking.ball + random.normal(0, 4, (60, 2)),
        "carrier": random.dirichlet(np.ones(6), 60),
        "radius_50": random.uniform(2, 6, 60),
        "radius_90": np.full(60, 8.0),
    }
    found = ball_quality(tracking, outputs)
    distances = [
        float(np.hypot(*(p - b)))
        for p, b in zip(outputs["position"], tracking.ball, strict=True)
    ]
    assert found.mean == pytest.approx(sum(distances) / 60)
    assert found.median == pytest.approx(sum(sorted(distances)[29:31]) / 2)
    assert found.within_5 == sum(d <= 5 for d in distances) / 60
    assert found.coverage_90 == sum(d <= 8 for d in distances) / 60
    right = [
        outputs["carrier"][i].argsort()[::-1].tolist().index(nearest)
        for i, nearest in enumerate(nearest_players(tracking))
    ]
    assert found.top_1 == pytest.approx(np.mean(np.array(right) == 0))
    assert found.top_3 == pytest.approx(np.mean(np.array(right) < 3))
    without = ball_quality(tracking, {"position": outputs["position"]})
    assert without.mean == found.mean and np.isnan(without.top_1)


def test_means_have_an_interval():
    given = {k: v for k, v in game(400).items() if k != "split"}
    tracking = Tracking(**given, group=np.arange(400) // 10)
    noise = np.random.default_rng(1).normal(0, 4, (400, 2))
    found = ball_quality(tracking, {"position": tracking.ball + noise})
    distances = np.linalg.norm(noise, axis=1)
    ends = block_bootstrap(distances, np.arange(400) // 10)
    assert (found.mean_low, found.mean_high) == pytest.approx(ends, 1e-4)
    assert found.mean_low < found.mean < found.mean_high
    # Intervals need more frames.
    few = ball_quality(tracking[:30], {"position": tracking.ball[:30]})
    assert np.isnan(few.mean_low) and np.isnan(few.mean_high)


@pytest.mark.long
def test_simple_predictors():
    given = {k: v for k, v in game().items() if k != "split"}
    given["players"][3, 2] = np.nan
    tracking = Tracking(**given)
    found = evaluate_ball(
        BallPositionPredictor(width=4, depth=1, heads=1, map_width=4),
        tracking,
    )
    ball, players = tracking.ball, tracking.players
    expected = np.linalg.norm(ball, axis=1).mean()
    assert found["pitch centre"].mean == pytest.approx(expected)
    mean = np.nanmean(players, axis=1)
    expected = np.linalg.norm(mean - ball, axis=1).mean()
    assert found["mean of the players"].mean == pytest.approx(expected, 1e-5)
    # Players run along lines that meet at the ball.
    assert found["velocities"].median < 1
    still = evaluate_ball(
        BallPositionPredictor(width=4, depth=1, heads=1, map_width=4),
        tracking.without_velocities(),
    )
    for one, other in zip(
        still["velocities"], still["mean of the players"], strict=True
    ):
        assert one == pytest.approx(other, nan_ok=True)
    assert found["nearest player (oracle)"].median == 0


@pytest.mark.long
def test_boosting_learns_from_other_frames(files, monkeypatch):
    model = small()
    tested, learned = frames_to_evaluate(files[0], model)
    name = "gradient boosting"
    assert name not in evaluate_ball(model, tested)
    assert name not in evaluate_ball(model, tested, learned[:0])
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "sklearn", None)
        with pytest.warns(UserWarning, match=r"install convzoo\[football\]"):
            without = evaluate_ball(model, tested, learned)
    assert name not in without
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    found = evaluate_ball(model, tested, learned)
    assert list(found) == [*list(without)[:3], name, *list(without)[3:]]
    outputs = gradient_boosting(learned, tested)
    assert found[name] == pytest.approx(ball_quality(tested, outputs), nan_ok=1)


def test_frames_to_evaluate(files, tmp_path):
    parts = frames_to_evaluate(files[0], small())
    assert [len(part) for part in parts] == [20, 40]
    given = {k: v for k, v in game().items() if k != "split"}
    np.savez(tmp_path / "all.npz", **given)
    parts = frames_to_evaluate(tmp_path / "all.npz", small())
    assert [len(part) for part in parts] == [60, 0]
    for hidden in frames_to_evaluate(files[0], small(), positions_only=True):
        assert np.isnan(hidden.velocities).all()
    for part in frames_to_evaluate(files[0], small(), pitch=(100.0, 64.0)):
        assert part.pitch == (100, 64)
    del given["ball"]
    np.savez(tmp_path / "none.npz", **given)
    with pytest.raises(ValueError, match=r"none\.npz: has no frame with a b"):
        frames_to_evaluate(tmp_path / "none.npz", small())


@pytest.mark.long
def test_several_frames(tmp_path):
    """Training, evaluation and filling with the past of each frame."""
    play = simulate_play(60, frame_rate=10.0)
    arrays = {n: getattr(play, n) for n in ("players", "team", "ball")}
    arrays["split"] = np.arange(60) // 5 % 2
    path = tmp_path / "game.npz"
    settings = {**QUICK, "frames": 3, "frame_rate": 5.0}
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match="`time`"):
        train_ball(path, tmp_path / "run", **settings)
    np.savez(path, **arrays, time=play.time)
    run = train_ball(path, tmp_path / "run", **settings)
    model = BallPositionPredictor.from_preset(run.folder)
    assert (model.frames, model.frame_rate) == (3, 5.0)
    tested, learned = frames_to_evaluate(path, model)
    # In each block of five frames, one has a frame 0.4 s earlier, and three
    # have one 0.2 s earlier.
    known = ~np.isnan(tested.past[:, :, 0, 0])
    assert known.sum(0).tolist() == [6, 18]
    found = evaluate_ball(model, tested)[model.name]
    whole = read_tracking(path)
    outputs = predict_ball(model, whole)
    said = whole.tested.with_ball(outputs["position"][whole.test])
    distances = np.linalg.norm(said.ball - tested.ball, axis=1)
    assert found.mean == pytest.approx(distances.mean(), rel=1e-4)
    filled = fill_ball(
        whole.with_ball(np.full((60, 2), np.nan)), model, motion=None
    )
    np.testing.assert_allclose(
        filled.tracking.ball, outputs["position"], atol=1e-3
    )
    alone = predict_ball(model, whole[14:15])
    with_others = outputs["position"][14:15]
    assert not np.allclose(alone["position"], with_others, atol=1e-3)
