"""Run: resumption after a kill at an arbitrary moment, and best epochs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

import convzoo
from convzoo.losses.trunk_weights import random_trunk
from convzoo.training import Run, train_sr
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.run_settings import write_settings
from convzoo.zoo import load_model
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph

_TRAIN = {
    "sr": """
import sys
from convzoo.training import train_sr
train_sr(sys.argv[1], sys.argv[2], steps=40, epoch_steps=4, patch_size=8,
         batch_size=2, verbose=0)
""",
    "srgan": """
import sys
from convzoo.training import train_srgan
squeezenet = f"squeezenet:{sys.argv[1]}/squeezenet.npz"
train_srgan(sys.argv[1], sys.argv[2], config="tiny", pretrain_steps=20,
            steps=20, epoch_steps=4, patch_size=12, batch_size=2, filters=4,
            features=squeezenet, judge=squeezenet, verbose=0)
""",
}


def start(recipe, data, out):
    root = str(Path(convzoo.__file__).parents[1])
    path = os.pathsep.join([root, *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", _TRAIN[recipe], str(data), str(out)],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.PIPE,
    )


def finish(recipe, data, out, monkeypatch):
    """Run the recipe in this process, which has imported TensorFlow."""
    monkeypatch.setattr(sys, "argv", ["-c", str(data), str(out)])
    exec(_TRAIN[recipe], {})


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for seed in range(2):
        pixels = photograph(64, 64, seed=seed)
        write_image(folder / f"{seed}.png", ImageFile(pixels))
    np.savez(folder / "squeezenet.npz", **random_trunk("squeezenet", 1))
    return folder


@pytest.mark.parametrize(
    ("recipe", "folders", "kill_after"),
    [
        pytest.param("sr", ["."], (1, 4), marks=pytest.mark.long),
        # One kill in the first phase, and one in the second.
        pytest.param(
            "srgan", ["pretrain", "."], (2, 7), marks=pytest.mark.long
        ),
    ],
)
def test_a_killed_run_ends_with_the_weights_of_a_whole_one(
    recipe, folders, kill_after, data, tmp_path, monkeypatch
):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    finish(recipe, data, whole, monkeypatch)
    kills = 0
    for epochs in kill_after:
        process = start(recipe, data, killed)
        while process.poll() is None and lines(killed, folders) < epochs:
            time.sleep(0.01)
        if process.poll() is None:
            time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
    assert kills == 2, "the run ended before it could be killed"
    assert lines(killed, folders) < 10
    finish(recipe, data, killed, monkeypatch)
    for folder in folders:
        assert_same_run(whole / folder, killed / folder)


def assert_same_run(whole, killed):
    with (
        np.load(whole / "state.npz") as a,
        np.load(killed / "state.npz") as b,
    ):
        assert a.files == b.files
        for name in a.files:
            np.testing.assert_array_equal(a[name], b[name])
    for name in ("log.jsonl", "run.json"):
        assert (whole / name).read_text() == (killed / name).read_text()


def lines(run, folders):
    """Number of logged epochs."""
    logs = [run / folder / "log.jsonl" for folder in folders]
    texts = [log.read_text() for log in logs if log.exists()]
    return sum(len(text.splitlines()) for text in texts)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="file.*cannot be written"):
        Run(tmp_path / "file" / "run", {}, lambda model: {}, "score")


def test_a_folder_with_other_settings_is_refused(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    write_settings(folder, {"a": 1})
    Run(folder, {"a": 1}, lambda model: {}, "score")
    with pytest.raises(ValueError, match="a run with a=1.*Received: a=2"):
        Run(tmp_path / "run", {"a": 2}, lambda model: {}, "score")
    with pytest.raises(ValueError, match="b=None.*Received: b=3"):
        Run(tmp_path / "run", {"a": 1, "b": 3}, lambda model: {}, "score")


class Spoiled(EpochDataset):
    """One batch per epoch; the last update of the second gives NaN weights."""

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return np.ones((2, 3), "float32"), np.ones((2, 1), "float32")

    def follow(self):
        def spoil(epoch, logs):
            if epoch == 1:
                self.model.layers[0].bias.assign([np.nan])

        return keras.callbacks.LambdaCallback(
            on_epoch_begin=self._begin, on_epoch_end=spoil
        )


def test_weights_of_nan_end_the_run_and_are_not_saved(tmp_path):
    """The loss is that of the weights before the last update."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.optimizer.build(model.trainable_variables)
    data = Spoiled()
    data.model = model
    run = Run(tmp_path, {}, lambda model: {"score": 1.0}, "score")
    with pytest.raises(ValueError, match="the weights became NaN or infinite"):
        run.train(model, data, 3, verbose=0)
    assert run.epochs_done == 1
    for which in ("best", "last"):
        for weights in load_model(tmp_path / which).get_weights():
            assert np.isfinite(weights).all()


@pytest.mark.parametrize("name", ["best", "last", "state.npz", "log.jsonl"])
def test_files_that_are_no_run_are_not_replaced(name, tmp_path):
    (tmp_path / name).write_text("mine")
    with pytest.raises(ValueError, match=f"holds {name} but no run.json"):
        Run(tmp_path, {}, lambda model: {}, "score")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1", "[]3", "3", "null", '[["a", 1]]', "[" * 9999, "\xff", "{}"],
)
def test_settings_cut_short_are_named(text, tmp_path):
    (tmp_path / "run.json").write_text(text, "latin-1")
    message = "holds no settings" if text != "{}" else "a run of a model"
    with pytest.raises(ValueError, match=message) as error:
        Run(tmp_path, {"class": "A"}, lambda model: {}, "score")
    assert len(str(error.value)) < 300 and "\n" not in str(error.value)


@pytest.mark.parametrize("kept", [0, 10, 2000, 0.9])
def test_a_state_cut_short_is_named_and_nothing_is_lost(kept, data, tmp_path):
    arguments = {"steps": 4, "epoch_steps": 2, "patch_size": 8, "verbose": 0}
    run = train_sr(data, tmp_path / "run", batch_size=2, **arguments)
    path = run.folder / "state.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: kept if kept >= 1 else int(kept * len(whole))])
    before = contents(run.folder)
    with pytest.raises(ValueError, match="state.npz: is truncated") as error:
        train_sr(data, run.folder, batch_size=2, **arguments)
    assert "\n" not in str(error.value)
    assert contents(run.folder) == before


def test_a_state_of_another_model_is_named(data, tmp_path):
    arguments = {"steps": 4, "epoch_steps": 2, "patch_size": 8, "verbose": 0}
    run = train_sr(data, tmp_path / "run", batch_size=2, **arguments)
    np.savez(run.folder / "state.npz", log=np.array("[]"))
    with pytest.raises(ValueError, match="state.npz: is truncated or altered"):
        train_sr(data, run.folder, batch_size=2, **arguments)


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def entries(run, scores):
    run.log = [{"epoch": i, "score": score} for i, score in enumerate(scores)]
    return run


def test_the_best_is_the_highest_or_with_a_minus_the_lowest(tmp_path):
    run = entries(Run(tmp_path, {}, None, "score"), [1.0, 3.0, 2.0])
    assert run.best["epoch"] == 1
    run = entries(Run(tmp_path, {}, None, "-score"), [2.0, 3.0, 1.0])
    assert run.best["epoch"] == 2
    assert entries(run, []).best is None
    # NaN is worse than any number.
    assert entries(run, [2.0, float("nan")]).best["epoch"] == 0
    # Among equal scores, the latest epoch is the best.
    assert entries(run, [2.0, 1.0, 3.0, 1.0]).best["epoch"] == 3


@pytest.mark.parametrize(
    ("scores", "is_over"),
    [
        ([], False),
        ([1.0], False),
        ([2.0, 1.0], False),
        ([2.0, 1.0, 1.5], True),
        ([1.0, 2.0, 2.0], False),
        ([1.0, 2.0, 2.0, 2.0], True),
        ([2.0, 1.0, 3.0], False),
    ],
)
def test_a_run_is_over_when_it_waited_long_enough(scores, is_over, tmp_path):
    run = Run(tmp_path, {}, None, "score", patience=2)
    assert entries(run, scores).is_over is is_over
    endless = Run(tmp_path, {}, None, "score")
    assert not entries(endless, scores).is_over


def test_a_run_stops_and_does_not_go_on_when_it_is_over(tmp_path):
    scores = iter([3.0, 2.0, 1.0, 4.0, 5.0])
    for _ in range(2):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=False)
        model.optimizer.build(model.trainable_variables)

        class Batches(EpochDataset):
            def __len__(self):
                return 1

            def __getitem__(self, index):
                return np.ones((1, 2), "float32"), np.ones((1, 1), "float32")

        run = Run(
            tmp_path,
            {},
            lambda model: {"score": next(scores)},
            "score",
            patience=2,
        )
        run.train(model, Batches(), 9, verbose=0)
        assert [entry["score"] for entry in run.log] == [3.0, 2.0, 1.0]
