"""Damaged states of a run: one line each, and nothing is executed."""

import json
import pickle
import zipfile

import numpy as np
import pytest

from convzoo.training.run_state import RunState, read_state, write_state

LOG = [{"epoch": 0, "loss": 1.5}, {"epoch": 1, "loss": float("nan")}]
VARIABLES = [
    np.arange(6, dtype="float32").reshape(2, 3),
    np.array(7),
    np.array([1, 2], "uint32"),
]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "state.npz"
    metrics = [np.array(0.5, "float32"), np.array(3.0, "float32")]
    write_state(path, RunState(LOG, VARIABLES, 3, metrics))
    return path


def refused(path, reason="", expected=VARIABLES):
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(ValueError, match="truncated or altered") as error:
        read_state(path, expected)
    assert type(error.value) is ValueError
    assert reason in str(error.value) and "\n" not in str(error.value)
    assert before is None or path.read_bytes() == before


def rewritten(path, compression=zipfile.ZIP_STORED, **changes):
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays |= changes
    kept = {k: v for k, v in arrays.items() if v is not None}
    save = np.savez if compression == zipfile.ZIP_STORED else None
    (save or np.savez_compressed)(path, **kept)


def test_what_was_written_is_read(path):
    state = read_state(path, VARIABLES)
    assert state.step == 3 and len(state.metrics) == 2
    assert json.dumps(state.log) == json.dumps(LOG)
    for a, b in zip(state.variables, VARIABLES, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype


def test_a_state_of_before_the_step_was_saved_is_read(path):
    rewritten(path, step=None, metric_0000=None, metric_0001=None)
    state = read_state(path, VARIABLES)
    assert state.step == 0 and state.metrics == []


def test_no_flipped_bit_changes_a_value(path):
    content = path.read_bytes()
    random = np.random.default_rng(0)
    refusals = 0
    for at in random.permutation(len(content))[:300].tolist():
        damaged = bytearray(content)
        damaged[at] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        try:
            state = read_state(path, VARIABLES)
        except ValueError as error:
            assert "truncated or altered" in str(error)
            refusals += 1
            continue
        # Times and attributes of the members do not matter.
        for a, b in zip(state.variables, VARIABLES, strict=True):
            np.testing.assert_array_equal(a, b)
        assert state.step == 3 and json.dumps(state.log) == json.dumps(LOG)
    assert refusals > 150


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9, 0.999])
def test_a_truncated_state_is_named(share, path):
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path)


class Malicious:
    def __reduce__(self):
        return exec, ("raise SystemExit('it ran')",)


def test_pickled_objects_are_refused(path):
    rewritten(path, **{"0001": np.array([Malicious()], object)})
    refused(path, "allow_pickle")
    path.write_bytes(pickle.dumps(Malicious()))
    refused(path)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"0000": None}, "2 variables in place of 3"),
        ({"0003": np.zeros(1)}, "4 variables in place of 3"),
        ({"0000": np.zeros((3, 2), "float32")}, "variable 0 is float32[3, 2]"),
        ({"0000": np.zeros((2, 3))}, "float64[2, 3] in place of float32[2, 3]"),
        ({"0000": np.full((2, 3), np.nan, "float32")}, "NaN or infinite"),
        ({"0000": np.full((2, 3), np.inf, "float32")}, "NaN or infinite"),
        ({"log": None}, "log"),
        ({"log": np.array("[")}, ""),
        ({"log": np.array("[" * 99_999)}, ""),
        ({"log": np.array("{}")}, "no epoch 0"),
        ({"log": np.array("3")}, "no epoch 0"),
        ({"log": np.array("[3]")}, "no epoch 0"),
        ({"log": np.array('[{"epoch": 1}]')}, "no epoch 0"),
        ({"log": np.array('[{"epoch": 0, "a": "b"}]')}, "a='b'"),
        ({"log": np.zeros(4)}, ""),
        ({"step": np.array(-1)}, "step is -1"),
        ({"step": np.array([1, 2])}, ""),
        ({"step": np.array("x")}, ""),
    ],
)
def test_what_does_not_fit_is_named(changes, reason, path):
    rewritten(path, **changes)
    refused(path, reason)


def test_compressed_members_are_not_inflated(path):
    rewritten(path, zipfile.ZIP_DEFLATED, **{"0001": np.zeros(10_000_000)})
    refused(path, "compressed")


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"no archive", b"\x93NUMPY\x01\x00v\x00{"]
)
def test_something_else_is_named(content, path):
    path.write_bytes(content)
    refused(path)


def test_a_folder_or_pipe_is_not_read(path):
    path.unlink()
    path.mkdir()
    refused(path, "is no file")
