"""Reader for safetensors files."""

import os
from typing import Any

import numpy as np
import safetensors

from convzoo.common.regular_file import regular_size
from convzoo.common.types import PathLike
from convzoo.losses.weights_errors import unreadable

_DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I64": "<i8"}
# The header of 80,000 tensors.
_MOST_BYTES_OF_HEADER = 8 << 20


def read_safetensors_file(path: PathLike) -> dict[str, np.ndarray]:
    """Read the tensors of a safetensors file as NumPy arrays, by name.

    Args:
        path: Path of the file. Its tensors are in F16, BF16, F32, F64 or I64;
            NumPy has no BF16, which is returned in float32 of equal value.

    Raises:
        ValueError: If the file does not exist, is damaged, or holds tensors of
            another dtype.
    """
    try:
        regular_size(path)
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > min(_MOST_BYTES_OF_HEADER, os.path.getsize(path)):
                raise ValueError(f"the header has {length} bytes")
            file.seek(0)
            found = safetensors.deserialize(file.read())
        return {name: _array(name, tensor) for name, tensor in found}
    # The package has errors of its own, which derive from `Exception`.
    except Exception as error:
        raise unreadable(path, "a safetensors file", error) from error


def _array(name: str, tensor: dict[str, Any]) -> np.ndarray:
    """Return a read-only array in native byte order."""
    dtype, data, shape = tensor["dtype"], tensor["data"], tensor["shape"]
    if dtype == "BF16":
        # The upper half of a float32.
        upper = np.frombuffer(data, "<u2").astype("uint32")
        values = (upper << 16).view("float32")
    elif dtype in _DTYPES:
        values = np.frombuffer(data, _DTYPES[dtype])
        values = values.astype(values.dtype.newbyteorder("="), copy=False)
    else:
        raise ValueError(
            f"the tensor {name!r} is in {dtype}, not in F16, BF16, F32, F64 "
            "or I64"
        )
    values = values.reshape(shape)
    values.flags.writeable = False
    return values
