import json
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from safetensors.numpy import save_file

from convzoo.losses import read_weights_file
from tests.support import FIXTURES

ARRAYS = {
    "half": np.array([[1.5, -2, 0.25]], "float16"),
    "single": np.arange(24, dtype="float32").reshape(2, 3, 4),
    "double": np.array(1 / 3),
    "long": np.array([-1, 2**40]),
    "empty": np.zeros((0, 3), "float32"),
}


def agrees(found, expected):
    assert set(found) == set(expected)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype, name
        np.testing.assert_array_equal(found[name], array, err_msg=name)


@pytest.mark.parametrize("name", ["state_dict.pth", "state_dict_legacy.pth"])
def test_as_pytorch(name):
    with np.load(FIXTURES / "state_dict.npz") as expected:
        agrees(read_weights_file(FIXTURES / name), dict(expected))


@pytest.mark.parametrize(
    "write", [save_file, lambda a, p: np.savez_compressed(p, **a)]
)
def test_format_is_found_in_the_content(write, tmp_path):
    path = tmp_path / "weights.npz"
    write(ARRAYS, path)
    path = path.rename(tmp_path / "weights")
    agrees(read_weights_file(path), ARRAYS)


def safetensors(header, data, length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    length = len(text) if length is None else length
    return struct.pack("<Q", length) + text + data


def entry(dtype, shape, stop):
    return {"w": {"dtype": dtype, "shape": shape, "data_offsets": [0, stop]}}


def test_bfloat16(tmp_path):
    path = tmp_path / "weights.safetensors"
    # The upper halves of the float32 of these numbers.
    data = b"".join(struct.pack("<f", x)[2:] for x in (1.0, -2.5, 3e38, 0.0))
    path.write_bytes(safetensors(entry("BF16", [2, 2], 8), data))
    expected = np.float32([[1, -2.5], [3e38, 0]])
    found = read_weights_file(path)["w"]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=2**-8)


def refuses(path):
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="cannot be read as") as caught:
            read_weights_file(path)
        assert tracemalloc.get_traced_memory()[1] < 3e7
    finally:
        tracemalloc.stop()
    text = str(caught.value)
    assert text.startswith(f"{path}: ") and len(text.splitlines()) == 1


@pytest.mark.parametrize(
    "content",
    [
        safetensors({}, b"", 2**62),
        safetensors({}, b"", 2**24),
        safetensors(b"{", b""),
        safetensors(b"{" * 100_000, b""),
        safetensors(entry("F32", [4], 16), b""),
        safetensors(entry("F32", [2**40], 2**42), bytes(16)),
        safetensors(entry("F32", [2**40], 16), bytes(16)),
        safetensors(entry("F32", [2**32, 2**32], 0), b""),
        safetensors(entry("F32", [-1], 4), bytes(4)),
        safetensors(entry("BOOL", [4], 4), bytes(4)),
        safetensors(entry("F8_E4M3", [4], 4), bytes(4)),
        safetensors(entry("none", [4], 4), bytes(4)),
        safetensors([], b""),
    ],
)
def test_hostile_safetensors(content, tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    refuses(path)


def npy(shape, descr="<f4"):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}"
    return (
        b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    )


@pytest.mark.parametrize(
    "content",
    [
        npy("(1099511627776,)"),
        npy("(1000000000,)"),
        npy("(1,)", "|V1000000000"),
        npy("(4, 4)"),
        npy("(4,)", "|O"),
        # A billion items without bytes would be a billion floats.
        npy("(1000000000,)", "|V0"),
        npy("(1000000000,)", "|S0"),
        npy("(1,)", "|S1") + b"x",
        npy("(-4,)"),
        b"no array",
        b"\x00" * (65 << 20),
    ],
)
def test_hostile_npz(content, tmp_path):
    path = tmp_path / "weights.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.npy", content)
    refuses(path)


@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("write", [save_file, lambda a, p: np.savez(p, **a)])
def test_truncated(write, part, tmp_path):
    path = tmp_path / "weights.npz"
    write(ARRAYS, path)
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    refuses(path)


def test_no_such_file(tmp_path):
    refuses(tmp_path / "missing.pth")
    refuses(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello\n", b"<html>"])
def test_a_file_of_another_kind_is_none_of_weights(content, tmp_path):
    (tmp_path / "file.npz").write_bytes(content)
    with pytest.raises(ValueError, match="no file of PyTorch, safetensors or"):
        read_weights_file(tmp_path / "file.npz")
