"""A real run is killed, at moments that nobody chose, and goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import convzoo
from convzoo.training import Run
from convzoo.zoo.image_file import ImageFile, write_image
from tests.support import photograph

_TRAIN = """
import sys
from convzoo.training import train_sr
train_sr(sys.argv[1], sys.argv[2], steps=40, epoch_steps=4, patch_size=8,
         batch_size=2, verbose=0)
"""


def start(data, out):
    root = str(Path(convzoo.__file__).parents[1])
    path = os.pathsep.join([root, *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", _TRAIN, str(data), str(out)],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.PIPE,
    )


def finish(data, out):
    process = start(data, out)
    message = process.communicate(timeout=300)[1].decode()
    assert process.returncode == 0, message


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for seed in range(2):
        pixels = photograph(64, 64, seed=seed)
        write_image(folder / f"{seed}.png", ImageFile(pixels))
    return folder


def test_a_killed_run_ends_with_the_weights_of_a_whole_one(data, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    finish(data, whole)
    kills = 0
    for epochs in (1, 4):
        process = start(data, killed)
        while process.poll() is None and lines(killed) < epochs:
            time.sleep(0.01)
        if process.poll() is None:
            time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
    assert kills == 2, "the run ended before it could be killed"
    assert lines(killed) < 10
    finish(data, killed)
    with (
        np.load(whole / "state.npz") as a,
        np.load(killed / "state.npz") as b,
    ):
        assert a.files == b.files
        for name in a.files:
            np.testing.assert_array_equal(a[name], b[name])
    for name in ("log.jsonl", "run.json"):
        assert (whole / name).read_text() == (killed / name).read_text()


def lines(folder):
    log = folder / "log.jsonl"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="file.*cannot be written"):
        Run(tmp_path / "file" / "run", {}, lambda model: {}, "score")


def test_a_folder_with_other_settings_is_refused(tmp_path):
    Run(tmp_path / "run", {"a": 1}, lambda model: {}, "score")
    Run(tmp_path / "run", {"a": 1}, lambda model: {}, "score")
    with pytest.raises(ValueError, match="a run with a=1.*Received: a=2"):
        Run(tmp_path / "run", {"a": 2}, lambda model: {}, "score")
    with pytest.raises(ValueError, match="b=None.*Received: b=3"):
        Run(tmp_path / "run", {"a": 1, "b": 3}, lambda model: {}, "score")
