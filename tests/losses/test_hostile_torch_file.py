"""Files that were forged to harm their reader."""

import os
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest

from convzoo.losses import torch_pickle
from convzoo.losses.torch_file import read_torch_file
from tests.losses.torch_writer import legacy_file

# A tenth of what a pickle may have and take, to be ten times as fast.
MOST_STEPS = 100_000
MOST_MEMORY = 3e7
STORAGE = b"(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI4\ntQ"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
ORDERED_DICT = b"ccollections\nOrderedDict\n"
LONG = 120_000


def numbers(*values):
    return b"(" + b"".join(b"I%d\n" % value for value in values) + b"t"


def tensor(shape, strides, storage=STORAGE, offset=0):
    rest = b"I%d\n" % offset + numbers(*shape) + numbers(*strides) + b"I00\n}tR"
    return REBUILD + b"(" + storage + rest


def state_dict(value):
    return b"}S'w'\n" + value + b"s."


def archive(pickled):
    return [("a/data.pkl", pickled), ("a/data/0", bytes(16))]


def nested(count):
    """A tuple of two of the same, and so on: its hash visits 2**count."""
    return b")q\x00" + b"h\x00h\x00\x86q\x00" * count


def copies(count):
    """A dictionary of a list of pairs, made anew for each of many calls."""
    pairs = b"]q\x00(" + b"X\x01\x00\x00\x00aK\x01\x86q\x01" + b"h\x01" * count
    call = b"h\x02h\x00\x85R"
    return pairs + b"e" + ORDERED_DICT + b"q\x02" + call * count + b"."


PICKLES = {
    "a longer storage": state_dict(
        tensor((4096,), (1,), STORAGE + b"}S'length'\nL1000000000000000L\nsb")
    ),
    "far beyond": state_dict(
        tensor((2,), (10**11,), STORAGE + b"}S'length'\nI1000\nsb")
    ),
    "another class": REBUILD + b"(N}S'__init__'\n" + ORDERED_DICT + b"stb.",
    "defaults": REBUILD + b"(N}S'__defaults__'\n)stb.",
    "an index": b"\x80\x02]r\xff\xff\xff\x0f.",
    "an index of digits": b"]p268435455\n.",
    "expanded": state_dict(tensor((10**9,), (0,))),
    "overlapping": state_dict(tensor((3, 3), (1, 0))),
    "huge and empty": state_dict(tensor((0, 2**62, 2**62), (1, 1, 1))),
    "an offset": state_dict(tensor((1,), (1,), offset=2**63)),
    "many axes": state_dict(tensor((1,) * 65, (1,) * 65)),
    "bytes": b"\x8e" + b"\xff" * 7 + b"\x7f.",
    "string": b"\x8d" + b"\xff" * 7 + b"\x7f.",
    "digits": b"I" + b"9" * 1_000_000 + b"\n.",
    "number": b"\x8b\x00\x00\x00\x7f.",
    "an extension": b"\x82\x01.",
    "lists": b"]" * LONG,
    "marks": b"(" * LONG,
    "nested": b")" + b"\x85" * LONG,
    "nested key": b"}" + nested(100) + b"K\x01s.",
    "nested call": REBUILD + nested(100) + b"R.",
    "copies": copies(10_000),
    "itself": b"}q\x00S'w'\nh\x00s.",
    "range": b"c__builtin__\nrange\n(I1000000000\ntR.",
    "new tensor": REBUILD + b")\x81.",
    "no key": ORDERED_DICT + b"(](I1\ntatR.",
    "empty stack": b"R.",
    "unknown index": b"}h\x05.",
}


@pytest.fixture(autouse=True)
def fewer_steps(monkeypatch):
    monkeypatch.setattr(torch_pickle, "_MOST_STEPS", MOST_STEPS)


def refuses(path):
    """Check that a file raises one line that names it, within the memory."""
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="cannot be read") as caught:
            read_torch_file(path)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
    text = str(caught.value)
    assert text.startswith(f"{path}: ") and len(text.splitlines()) == 1
    assert len(text) < len(str(path)) + 400


def write_archive(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members:
            file.writestr(name, content)


@pytest.mark.parametrize("name", PICKLES)
def test_pickle_of_an_archive(name, tmp_path):
    path = tmp_path / "hostile.pth"
    write_archive(path, archive(PICKLES[name]))
    refuses(path)
    reads_honest_file(tmp_path)


@pytest.mark.parametrize(
    "name", ["a longer storage", "an index", "expanded", "nested key"]
)
def test_pickle_of_an_old_file(name, tmp_path):
    path = tmp_path / "hostile.pth"
    zeros = np.zeros(4, "float32")
    path.write_bytes(legacy_file(PICKLES[name], {"0": zeros}))
    refuses(path)
    reads_honest_file(tmp_path)


def reads_honest_file(folder):
    """Check that no file has changed what the next one means."""
    path = folder / "honest.pth"
    write_archive(path, archive(state_dict(tensor((2, 2), (2, 1)))))
    np.testing.assert_array_equal(read_torch_file(path)["w"], np.zeros((2, 2)))


def test_old_file_with_a_long_storage(tmp_path):
    path = tmp_path / "hostile.pth"
    storage = STORAGE.replace(b"I4", b"I%d" % 2**40)
    file = legacy_file(state_dict(tensor((4,), (1,), storage)), {})
    file = file[: -len(pickle.dumps([], 2))] + pickle.dumps(["0"], 2)
    path.write_bytes(file + (2**40).to_bytes(8, "little"))
    refuses(path)


def test_compressed_members(tmp_path):
    """A kilobyte would become a megabyte: PyTorch compresses nothing."""
    path = tmp_path / "hostile.pth"
    members = archive(state_dict(tensor((2, 2), (2, 1))))
    write_archive(path, members, zipfile.ZIP_DEFLATED)
    refuses(path)


def test_members_that_share_their_bytes(tmp_path):
    path = tmp_path / "hostile.pth"
    size = 1 << 20
    storage = STORAGE.replace(b"I4", b"I%d" % (size // 4))
    storages = [storage.replace(b"'0'", b"'%d'" % key) for key in range(100)]
    pickled = b"](" + b"".join(storages) + b"e."
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a/data.pkl", pickled)
        file.writestr("a/data/0", bytes(size))
        first = file.getinfo("a/data/0")
        for key in range(1, 100):
            info = zipfile.ZipInfo(f"a/data/{key}")
            info.header_offset = first.header_offset
            info.file_size = info.compress_size = size
            info.CRC = first.CRC
            file.filelist.append(info)
            file.NameToInfo[info.filename] = info
    refuses(path)


@pytest.mark.parametrize("claimed", [2**40, 2**20])
def test_members_that_claim_more_bytes(claimed, tmp_path):
    path = tmp_path / "hostile.pth"
    storage = STORAGE.replace(b"I4", b"I%d" % (claimed // 4))
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a/data.pkl", state_dict(tensor((1,), (1,), storage)))
        file.writestr("a/data/0", bytes(16))
        info = file.getinfo("a/data/0")
        info.file_size = info.compress_size = claimed
    refuses(path)


def test_long_pickles(tmp_path):
    path = tmp_path / "hostile.pth"
    write_archive(path, archive(b"X" + bytes(9 << 20)))
    refuses(path)


def test_many_members(tmp_path):
    path = tmp_path / "hostile.pth"
    with zipfile.ZipFile(path, "w") as file:
        name = "n" * 60_000
        for index in range(150):
            file.writestr(f"{name}{index}", b"")
    refuses(path)


def test_a_folder(tmp_path):
    refuses(tmp_path)


def test_a_pipe(tmp_path):
    """To open it would wait for ever."""
    os.mkfifo(tmp_path / "pipe.pth")
    refuses(tmp_path / "pipe.pth")
