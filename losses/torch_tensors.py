"""Storages and tensors of PyTorch's files, checked against their bytes."""

import io
import math
from typing import IO

import numpy as np

# NumPy's largest number of axes.
_MOST_AXES = 64
_CHUNK = 1 << 20


class Storage:
    """A flat array, whose values may follow later in the file.

    Args:
        dtype: Little-endian dtype of the values.
        length: Number of values.
    """

    __slots__ = ("dtype", "length", "values")

    def __init__(self, dtype: str, length: object) -> None:
        self.dtype = np.dtype(dtype)
        self.length = checked_count("the length of a storage", length)
        self.values: np.ndarray | None = None

    @property
    def num_bytes(self) -> int:
        return self.length * self.dtype.itemsize

    def fill(self, file: IO[bytes] | io.BufferedIOBase) -> None:
        """Read the values; the caller checks first that they are there."""
        data = bytearray(self.num_bytes)
        view, start = memoryview(data), 0
        while start < len(data):
            chunk = file.read(min(_CHUNK, len(data) - start))
            if not chunk:
                raise ValueError("the file ends too early")
            view[start : start + len(chunk)] = chunk
            start += len(chunk)
        values = np.frombuffer(data, self.dtype)
        # In native byte order. Views of it need no copy.
        self.values = values.astype(self.dtype.newbyteorder("="), copy=False)


class StoredTensor:
    """A view of a storage; offset and strides count values, not bytes.

    Raises:
        ValueError: If the view reaches beyond its storage, or repeats values:
            a few bytes could otherwise stand for gigabytes.
    """

    __slots__ = ("offset", "shape", "storage", "strides")

    def __init__(
        self, storage: object, offset: object, shape: object, strides: object
    ) -> None:
        if not isinstance(storage, Storage):
            raise ValueError("a tensor has no storage")
        self.storage = storage
        self.offset = checked_count("the offset of a tensor", offset)
        self.shape = _checked_counts("the shape of a tensor", shape)
        self.strides = _checked_counts("the strides of a tensor", strides)
        if len(self.shape) != len(self.strides):
            raise ValueError("a tensor has an invalid shape")
        steps = zip(self.shape, self.strides, strict=True)
        reach = self.offset + sum((n - 1) * stride for n, stride in steps)
        size = math.prod(self.shape)
        if size > 0 and reach >= storage.length:
            raise ValueError("a tensor reaches beyond its storage")
        if size > storage.length:
            raise ValueError("a tensor has more values than its storage")

    def array(self) -> np.ndarray:
        """Return the values, read-only.

        Raises:
            ValueError: If the file holds no values of the storage.
        """
        values = self.storage.values
        if values is None:
            raise ValueError("the storage of a tensor is missing")
        if 0 in self.shape:
            return np.zeros(self.shape, values.dtype)
        return np.lib.stride_tricks.as_strided(
            values[self.offset :],
            self.shape,
            [values.itemsize * stride for stride in self.strides],
            writeable=False,
        )


def checked_count(what: str, value: object) -> int:
    """Return `value` if it is an integer from 0 to 2**62."""
    if type(value) is not int or not 0 <= value <= 2**62:
        raise ValueError(f"{what} is invalid")
    return value


def _checked_counts(what: str, values: object) -> tuple[int, ...]:
    if not isinstance(values, (tuple, list)) or len(values) > _MOST_AXES:
        raise ValueError(f"{what} is invalid")
    return tuple(checked_count(what, value) for value in values)
