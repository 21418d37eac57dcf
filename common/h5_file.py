"""Check of a HDF5 file before its arrays are read."""

from typing import BinaryIO, NamedTuple

import h5py

from convzoo.common.types import PathLike


class StoredArrays(NamedTuple):
    """Number of the arrays in a file, and their bytes together."""

    number: int
    nbytes: int


NO_ARRAYS = StoredArrays(0, 0)


def check_h5_file(path: PathLike | BinaryIO, most_bytes: int) -> StoredArrays:
    """Raise a `ValueError` unless the arrays of a file have a limited size.

    A few kilobytes can stand for gigabytes, and a file can refer to others.
    Only descriptions are read.

    Args:
        path: Path of the file, or the open file.
        most_bytes: Most bytes of all arrays together.

    Returns:
        What the file holds.

    Raises:
        ValueError: If the arrays are larger, or the file holds links, or data
            that stands in other files.
        OSError: If it is no HDF5 file.
    """
    with h5py.File(path, "r") as file:
        # Hard links can form circles, and name an array many times.
        waiting, seen, number, size = [file["/"]], set(), 0, 0
        while waiting:
            group = waiting.pop()
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise ValueError(f"{name!r} is a link")
                item = group[name]
                if item.id in seen:
                    raise ValueError(f"{name!r} is a link")
                seen.add(item.id)
                if isinstance(item, h5py.Group):
                    waiting.append(item)
                elif isinstance(item, h5py.Dataset):
                    number += 1
                    size += _size_of(name, item)
                if size > most_bytes:
                    raise ValueError(
                        f"the arrays have more than {most_bytes} bytes"
                    )
    return StoredArrays(number, size)


def _size_of(name: str, dataset: h5py.Dataset) -> int:
    if dataset.external or dataset.is_virtual:
        raise ValueError(f"{name!r} stands in other files")
    return dataset.nbytes
