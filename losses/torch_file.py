"""Reader for PyTorch weight files that does not need PyTorch.

It supports both formats: the archive that `torch.save` writes since version
1.6, and the sequence of pickles before it, in which VGG's files still are.
"""

import io
import struct
import zipfile
from typing import IO

import numpy as np

from convzoo.common.regular_file import regular_size
from convzoo.common.types import PathLike
from convzoo.losses.short_reads import MOST_BYTES, ShortReads
from convzoo.losses.torch_calls import Parameter
from convzoo.losses.torch_pickle import read_pickle
from convzoo.losses.torch_tensors import Storage, StoredTensor
from convzoo.losses.weights_errors import unreadable

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C


def read_torch_file(path: PathLike) -> dict[str, np.ndarray]:
    """Read the tensors of a state dict as NumPy arrays, by name.

    The file is not trusted: its pickle creates dictionaries, lists, numbers,
    strings and tensors, and nothing that it names is called. The memory is that
    of the file, and at most 0.2 GB for a pickle that wastes it.

    Args:
        path: Path of a `.pth` file with a state dict.

    Raises:
        ValueError: If the file does not exist, is damaged, or holds something
            else; compressed archives and tensors that repeat values are not
            supported.
    """
    try:
        regular_size(path)
        read = _read_archive if zipfile.is_zipfile(path) else _read_legacy
        with open(path, "rb") as file:
            found = read(file)
        return {_checked_name(k): _array(v) for k, v in found.items()}
    # A damaged pickle can raise almost any error.
    except Exception as error:
        raise unreadable(path, "a state dict of PyTorch", error) from error


def _read_archive(file: IO[bytes]) -> dict[object, object]:
    bytes_left = _size_of(file)
    storages: dict[str, Storage] = {}
    with zipfile.ZipFile(ShortReads(file)) as archive:
        names = archive.namelist()
        pickles = [n for n in names if n.split("/")[1:] == ["data.pkl"]]
        if len(pickles) != 1:
            raise ValueError(f"the archive has {len(pickles)} files data.pkl")
        folder = pickles[0].removesuffix("data.pkl")
        order = f"{folder}byteorder"
        if order in names and _member(archive, order) != b"little":
            raise ValueError("big-endian numbers are not supported")

        def find(dtype: str, key: str, length: object) -> Storage:
            nonlocal bytes_left
            if key not in storages:
                storages[key] = storage = Storage(dtype, length)
                info = archive.getinfo(f"{folder}data/{key}")
                _check_stored(info)
                if info.file_size != storage.num_bytes:
                    raise ValueError(f"storage {key!r} has the wrong length")
                # Members of a forged archive can share their bytes.
                bytes_left -= storage.num_bytes
                if bytes_left < 0:
                    raise ValueError("the storages are longer than the file")
                with archive.open(info) as member:
                    storage.fill(member)
            return storages[key]

        pickled = io.BytesIO(_member(archive, pickles[0]))
        return _checked_dict(read_pickle(pickled, find))


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a short member of an archive."""
    info = archive.getinfo(name)
    _check_stored(info)
    if info.file_size > MOST_BYTES:
        raise ValueError(f"{name!r} is longer than {MOST_BYTES} bytes")
    with archive.open(info) as member:
        return member.read(MOST_BYTES)


def _check_stored(info: zipfile.ZipInfo) -> None:
    """Raise a `ValueError` for a compressed member: PyTorch writes none."""
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{info.filename!r} is compressed")


def _read_legacy(file: IO[bytes]) -> dict[object, object]:
    size = _size_of(file)
    head = io.BytesIO(file.read(MOST_BYTES))
    if read_pickle(head) != _LEGACY_MAGIC:
        raise ValueError("the magic number is missing")
    read_pickle(head)
    if not _checked_dict(read_pickle(head)).get("little_endian", True):
        raise ValueError("big-endian numbers are not supported")
    storages: dict[str, Storage] = {}

    def find(dtype: str, key: str, length: object) -> Storage:
        if key not in storages:
            storages[key] = Storage(dtype, length)
        return storages[key]

    found = _checked_dict(read_pickle(head, find))
    keys = read_pickle(head)
    if not isinstance(keys, list) or len(keys) != len(storages):
        raise ValueError("the list of storages is damaged")
    file.seek(head.tell())
    for key in keys:
        storage = storages[_checked_name(key)]
        if struct.unpack("<q", file.read(8)) != (storage.length,):
            raise ValueError(f"storage {key!r} has the wrong length")
        if storage.num_bytes > size - file.tell():
            raise ValueError("the file ends too early")
        storage.fill(file)
    return found


def _size_of(file: IO[bytes]) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _checked_dict(value: object) -> dict[object, object]:
    if not isinstance(value, dict):
        raise ValueError(f"a state dict is missing: {type(value).__name__}")
    return value


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"a key must be a string, not {type(name).__name__}")
    return name


def _array(value: object) -> np.ndarray:
    """Return a read-only array in native byte order."""
    if isinstance(value, Parameter):
        value = value.data
    if not isinstance(value, StoredTensor):
        raise ValueError(
            f"a value must be a tensor, not a {type(value).__name__}"
        )
    return value.array()
