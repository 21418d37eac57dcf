"""Reader for NumPy's archives of arrays."""

import math
import os
import zipfile

import numpy as np
from numpy.lib import format as npy

from convzoo.common.regular_file import regular_size
from convzoo.common.types import PathLike
from convzoo.losses.short_reads import ShortReads
from convzoo.losses.weights_errors import unreadable

# Compressed weights are rarely below a third of their size. An archive may be
# this many times as large as its file, and any may have the second size.
_MOST_EXPANSION = 8
_SMALL = 64 << 20
# Kinds of NumPy's dtypes.
_NUMBERS = "biufc"


def read_npz_file(path: PathLike) -> dict[str, np.ndarray]:
    """Read the arrays of an `.npz` file, by name.

    Args:
        path: Path of a file of `np.savez` or `np.savez_compressed`, without
            Python objects.

    Raises:
        ValueError: If the file does not exist, is damaged, or unpacks to more
            than 8 times its size, and more than 64 MiB.
    """
    try:
        regular_size(path)
        with open(path, "rb") as file:
            short = ShortReads(file)
            with zipfile.ZipFile(short) as archive:
                _check_size(archive, os.path.getsize(path))
                return {
                    info.filename.removesuffix(".npy"): _array(archive, info)
                    for info in archive.infolist()
                }
    # A damaged archive can raise almost any error.
    except Exception as error:
        raise unreadable(path, "an .npz file", error) from error


def _check_size(archive: zipfile.ZipFile, stored: int) -> None:
    unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > max(_SMALL, _MOST_EXPANSION * stored):
        raise ValueError(
            f"it unpacks to {unpacked} bytes, more than {_MOST_EXPANSION} "
            f"times its {stored}"
        )


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(info) as member:
        # NumPy reserves what a header claims.
        if npy.read_magic(member) == (1, 0):
            shape, _, dtype = npy.read_array_header_1_0(member)
        else:
            shape, _, dtype = npy.read_array_header_2_0(member)
    # Of items without bytes, any number would be there.
    if dtype.kind not in _NUMBERS:
        raise ValueError(f"{info.filename!r} holds no numbers, but {dtype}")
    if math.prod(shape) * dtype.itemsize > info.file_size:
        raise ValueError(f"{info.filename!r} ends too early")
    with archive.open(info) as member:
        return npy.read_array(member, allow_pickle=False)
