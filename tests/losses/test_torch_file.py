import pickle
import zipfile

import numpy as np
import pytest

from convzoo.losses.torch_file import read_torch_file
from tests.losses.torch_writer import (
    LEGACY_START,
    legacy_file,
    pickled_dictionary,
    pickled_tensor,
)
from tests.support import FIXTURES

FILES = ["state_dict.pth", "state_dict_legacy.pth"]
NUMBERS = np.array([1.5, -2], "float32")
TENSOR = pickled_tensor("0", 2, (2,), (1,), function="_rebuild_tensor")


def holding(pickled, numbers=NUMBERS):
    return legacy_file(pickled, {"0": numbers})


@pytest.mark.parametrize("name", FILES)
def test_as_pytorch(name):
    found = read_torch_file(FIXTURES / name)
    with np.load(FIXTURES / "state_dict.npz") as expected:
        assert set(found) == set(expected)
        for key, array in expected.items():
            assert found[key].dtype == array.dtype, key
            np.testing.assert_array_equal(found[key], array, err_msg=key)


# A parameter in the format of 2017: its class, then (data, ..., volatile).
PARAMETER = b"ctorch.nn.parameter\nParameter\n)\x81(" + TENSOR + b"N}\x88\x89tb"


@pytest.mark.parametrize("value", [TENSOR, PARAMETER], ids=["tensor", "old"])
def test_what_old_files_hold(value, tmp_path):
    path = tmp_path / "old.pth"
    pickled = pickled_dictionary({"w": value})
    path.write_bytes(legacy_file(pickled, {"0": NUMBERS}))
    np.testing.assert_array_equal(read_torch_file(path)["w"], NUMBERS)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.9, 0.999])
def test_truncated(name, part, tmp_path):
    data = (FIXTURES / name).read_bytes()
    refuses(data[: int(part * len(data))], tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_damaged_anywhere(name, tmp_path):
    """Any wrong byte gives an error that names the file, or a result."""
    data = (FIXTURES / name).read_bytes()
    path = tmp_path / "weights.pth"
    random = np.random.RandomState(0)
    for _ in range(200):
        damaged = bytearray(data)
        damaged[random.randint(len(data))] = random.randint(256)
        path.write_bytes(damaged)
        try:
            read_torch_file(path)
        except ValueError as error:
            assert str(error).startswith(f"{path}: ")


class Evil:
    def __reduce__(self):
        return print, ("this must not be printed",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a file of PyTorch",
        pickle.dumps({"w": 1}),
        LEGACY_START,
        holding(pickle.dumps({"w": 1}, 2)),
        holding(pickle.dumps([1, 2], 2)),
        holding(pickle.dumps(Evil(), 2)),
        holding(pickled_dictionary({1: TENSOR})),
        holding(pickled_dictionary({"w": pickled_tensor("0", 2, (2,), (2,))})),
        holding(pickled_dictionary({"w": pickled_tensor("0", 2, (2,), (-1,))})),
        holding(pickled_dictionary({"w": TENSOR}), NUMBERS[:1]),
    ],
    ids=[
        "empty",
        "text",
        "pickle",
        "no object",
        "number",
        "list",
        "evil",
        "number as name",
        "beyond the storage",
        "before the storage",
        "short storage",
    ],
)
def test_refused(content, tmp_path, capsys):
    refuses(content, tmp_path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("pickled", [pickle.dumps(Evil()), b""])
def test_refused_archive(pickled, tmp_path, capsys):
    path = tmp_path / "weights.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
    refuses(path.read_bytes(), tmp_path)
    assert capsys.readouterr().out == ""


def test_big_endian(tmp_path):
    path = tmp_path / "weights.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}))
        archive.writestr("archive/byteorder", "big")
    with pytest.raises(ValueError, match="big-endian"):
        read_torch_file(path)


def test_no_such_file(tmp_path):
    path = tmp_path / "missing.pth"
    with pytest.raises(ValueError, match="missing.pth: cannot be read"):
        read_torch_file(path)


def refuses(content, folder):
    path = folder / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read as a state dict") as e:
        read_torch_file(path)
    assert str(e.value).startswith(f"{path}: ")
