"""Integers in the first directory of a TIFF file."""

import struct
from collections.abc import Collection
from typing import BinaryIO

# Characters of `struct` for the types of values: 1, 2, 4 and 8 bytes.
_TYPES = {1: "B", 3: "H", 4: "I", 16: "Q"}
# A hostile file may claim more, to keep the reader busy.
_MOST_ENTRIES = 4096
_MOST_VALUES = 64


def read_directory(
    file: BinaryIO, wanted: Collection[int]
) -> dict[int, tuple[int, ...]]:
    """Return the values of the tags that are `wanted` and there.

    Args:
        file: A TIFF or BigTIFF file.
        wanted: Numbers of tags with integers.

    Raises:
        struct.error: If the file ends too early.
        OSError: If it names a place that cannot be in a file.
    """
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    is_big = 43 in head[2:4]
    count, entry, pointer = (
        ("Q", "HHQ8s", "Q") if is_big else ("H", "HHI4s", "I")
    )
    start = struct.unpack_from(order + pointer, head, 8 if is_big else 4)[0]
    file.seek(start)
    entries = _unpacked(file, order + count)[0]
    size = struct.calcsize(order + entry)
    table = file.read(min(entries, _MOST_ENTRIES) * size)
    found = {}
    for tag, kind, length, data in struct.iter_unpack(
        order + entry, table[: len(table) // size * size]
    ):
        if tag not in wanted or tag in found or kind not in _TYPES:
            continue
        values = f"{order}{min(length, _MOST_VALUES)}{_TYPES[kind]}"
        if struct.calcsize(f"{order}{_TYPES[kind]}") * length > len(data):
            file.seek(struct.unpack(order + pointer, data)[0])
            data = file.read(struct.calcsize(values))
        found[tag] = struct.unpack_from(values, data)
    return {tag: values for tag, values in found.items() if values}


def _unpacked(file: BinaryIO, format: str) -> tuple[int, ...]:
    return struct.unpack(format, file.read(struct.calcsize(format)))
