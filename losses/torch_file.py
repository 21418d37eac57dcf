"""Reader for PyTorch weight files that does not need PyTorch.

It supports both formats: the archive that `torch.save` writes since version
1.6, and the sequence of pickles before it, in which VGG's files still are.
"""

import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from typing import IO, Any

import numpy as np

from convzoo.common.types import PathLike

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = {
    ("torch", "HalfStorage"): "<f2",
    ("torch", "FloatStorage"): "<f4",
    ("torch", "DoubleStorage"): "<f8",
    ("torch", "LongStorage"): "<i8",
}


def read_torch_file(path: PathLike) -> dict[str, np.ndarray]:
    """Read the tensors of a state dict as NumPy arrays, by name.

    The pickle in the file is not trusted: it can create dictionaries, lists and
    tensors, and call nothing else.

    Args:
        path: Path of a `.pth` file with a state dict.

    Raises:
        ValueError: If the file does not exist, is damaged, or holds something
            else.
    """
    try:
        read = _read_archive if zipfile.is_zipfile(path) else _read_legacy
        with open(path, "rb") as file:
            found = read(file)
        return {_checked_name(k): _array(v) for k, v in found.items()}
    # A damaged pickle can raise almost any error.
    except Exception as error:
        raise ValueError(
            f"{path}: cannot be read as a state dict of PyTorch: "
            f"{type(error).__name__}: {error}"
        ) from error


class _Storage:
    """A flat array, whose values may follow later in the file."""

    def __init__(self, dtype: str, length: int) -> None:
        self.dtype = np.dtype(dtype)
        self.length = length
        self.values: np.ndarray | None = None

    @property
    def num_bytes(self) -> int:
        return self.length * self.dtype.itemsize

    def fill(self, data: bytes) -> None:
        if len(data) != self.num_bytes:
            raise ValueError("the file ends too early")
        self.values = np.frombuffer(data, self.dtype)


class _Tensor:
    """A view of a storage; offset and strides count values, not bytes."""

    def __init__(
        self,
        storage: _Storage,
        offset: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        *_: object,
    ) -> None:
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.strides = strides


class _Parameter:
    """A `torch.nn.Parameter`, in the formats of old and new files."""

    def __init__(self, data: object = None, *_: object) -> None:
        self.data = data

    def __setstate__(self, state: tuple[object, ...]) -> None:
        self.data = state[0]


_CLASSES: dict[tuple[str, str], type | str] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor"): _Tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
    ("torch._utils", "_rebuild_parameter"): _Parameter,
    ("torch.nn.parameter", "Parameter"): _Parameter,
    **_DTYPES,
}


class _Unpickler(pickle.Unpickler):
    """Unpickler that is restricted to the classes of a state dict.

    Args:
        file: The pickle.
        fill: Called with each new storage and its key.
    """

    def __init__(
        self,
        file: IO[bytes],
        fill: Callable[[_Storage, str], None] | None = None,
    ) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}
        self._fill = fill

    def find_class(self, module: str, name: str) -> type | str:
        if (module, name) not in _CLASSES:
            raise pickle.UnpicklingError(
                f"the pickle refers to {module}.{name}"
            )
        return _CLASSES[module, name]

    def persistent_load(self, pid: tuple[Any, ...]) -> _Storage:
        kind, dtype, key, _, length, *view = pid
        if kind != "storage" or any(view) or dtype not in _DTYPES.values():
            raise pickle.UnpicklingError(f"the pickle holds an unknown {kind}")
        if key not in self.storages:
            self.storages[key] = _Storage(dtype, length)
            if self._fill is not None:
                self._fill(self.storages[key], key)
        return self.storages[key]


def _read_archive(file: IO[bytes]) -> dict[object, object]:
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        (pickled,) = (n for n in names if n.split("/")[1:] == ["data.pkl"])
        folder = pickled.removesuffix("data.pkl")
        order = f"{folder}byteorder"
        if order in names and archive.read(order) != b"little":
            raise ValueError("big-endian numbers are not supported")

        def fill(storage: _Storage, key: str) -> None:
            name = f"{folder}data/{key}"
            # Checked before unpacking, which could exhaust memory.
            if archive.getinfo(name).file_size != storage.num_bytes:
                raise ValueError(f"{name} has the wrong length")
            storage.fill(archive.read(name))

        with archive.open(pickled) as member:
            return _Unpickler(member, fill).load()


def _read_legacy(file: IO[bytes]) -> dict[object, object]:
    if _Unpickler(file).load() != _LEGACY_MAGIC:
        raise ValueError("the magic number is missing")
    _Unpickler(file).load()
    if not _Unpickler(file).load().get("little_endian", True):
        raise ValueError("big-endian numbers are not supported")
    unpickler = _Unpickler(file)
    found = unpickler.load()
    for key in _Unpickler(file).load():
        storage = unpickler.storages[key]
        if struct.unpack("<q", file.read(8)) != (storage.length,):
            raise ValueError(f"storage {key} has the wrong length")
        storage.fill(file.read(storage.num_bytes))
    return found


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"a key must be a string, not {name!r}")
    return name


def _array(value: object) -> np.ndarray:
    """Return a read-only array in native byte order."""
    if isinstance(value, _Parameter):
        value = value.data
    if not isinstance(value, _Tensor):
        raise ValueError(
            f"a value must be a tensor, not a {type(value).__name__}"
        )
    storage = value.storage
    shape, strides = tuple(value.shape), tuple(value.strides)
    if len(shape) != len(strides) or min((0, *shape, *strides)) < 0:
        raise ValueError("a tensor has an invalid shape")
    reach = sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
    if 0 in shape:
        return np.zeros(shape, storage.dtype)
    if value.offset < 0 or value.offset + reach >= storage.length:
        raise ValueError("a tensor reaches beyond its storage")
    if storage.values is None:
        raise ValueError("the storage of a tensor is missing")
    itemsize = storage.dtype.itemsize
    view = np.lib.stride_tricks.as_strided(
        storage.values[value.offset :],
        shape,
        [itemsize * stride for stride in strides],
        writeable=False,
    )
    return view.astype(storage.dtype.newbyteorder("="), copy=False)
