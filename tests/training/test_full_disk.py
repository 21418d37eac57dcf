"""A disk that is full at any moment: one line, nothing half-written."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import convzoo
from convzoo.training.mapped_arrays import mapped_arrays
from tests.training.runs import assert_same, trained

# The largest file is limited, so that the system refuses a write in the middle.
_LIMITED = """
import resource, signal, sys
from tests.training.runs import trained
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in map(int, sys.argv[2:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, -1))
    try:
        trained(sys.argv[1], save_minutes=1e-9)
        print("trained")
    except ValueError as error:
        print(error)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    trained(folder)
    return folder


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="has no limits")
@pytest.mark.long
def test_a_limited_file_ends_the_run_in_one_line(whole, tmp_path):
    """HDF5 used to end the process when it could not write."""
    folder = tmp_path / "run"
    paths = [str(Path(convzoo.__file__).parents[1]), os.getcwd(), *sys.path]
    sizes = sorted(p.stat().st_size for p in whole.rglob("*") if p.is_file())
    limits = [10, 300, 2000, sizes[-1] - 1, 10**9]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(folder), *map(str, limits)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    *errors, last = done.stdout.splitlines()
    assert len(errors) == len(limits) - 1 and last == "trained"
    for error in errors:
        assert error.startswith(f"{folder}")
        assert "cannot be written (File too large)" in error
    assert_same(whole, folder)


@pytest.mark.parametrize("failing", [1, 2, 6, 8])
def test_a_full_disk_at_each_write_is_survived(
    failing, whole, tmp_path, monkeypatch
):
    """The writes of a run that is saved once within its first epoch."""
    folder = tmp_path / "run"
    write, count = Path.write_bytes, [0]

    def limited(self, content):
        count[0] += 1
        if count[0] == failing:
            write(self, bytes(content)[:5])
            raise OSError(28, "No space left on device", str(self))
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", limited)
    with pytest.raises(ValueError, match="No space left on device") as error:
        trained(folder, save_minutes=1e-9)
    assert "\n" not in str(error.value)
    assert not list(folder.glob(".*"))
    for path in folder.rglob("*"):
        assert path.is_dir() or path.stat().st_size != 5
    trained(folder)
    assert_same(whole, folder)


def test_decoded_images_need_space(monkeypatch, tmp_path):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            raise OSError(28, "No space left on device")

        def write(self, content):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", Full)
    with pytest.raises(ValueError, match="stored .No space left.*TMPDIR"):
        mapped_arrays([np.zeros((2, 2), "uint8")])
