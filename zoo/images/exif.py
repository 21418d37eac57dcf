"""EXIF data, which are the directories of a TIFF file, entry by entry.

The values are kept as bytes: libraries that decode them lose what is no ASCII.
"""

import struct
from collections.abc import Mapping
from typing import BinaryIO, NamedTuple, Self

# Bytes of a value, and of the unit whose order of bytes differs, by type.
_SIZES = {**dict.fromkeys((1, 2, 6, 7), 1), 3: 2, 8: 2, 5: 8, 10: 8, 12: 8}
_SIZES |= dict.fromkeys((4, 9, 11, 13), 4) | dict.fromkeys((16, 17, 18), 8)
_UNITS = {**_SIZES, 5: 4, 10: 4}
_LONG, _LONG8 = 4, 16
PHOTO, GPS = 0x8769, 0x8825
_MOST_ENTRIES, _MOST_BYTES = 1000, 60_000


class Entry(NamedTuple):
    """Value of a tag: its type, number of values, and little-endian bytes."""

    kind: int
    number: int
    data: bytes


Directory = Mapping[int, Entry]


class Exif(NamedTuple):
    """EXIF data: tags of the image, of how it was taken, and where."""

    image: Directory
    photo: Directory
    gps: Directory

    @classmethod
    def read(cls, file: BinaryIO) -> Self:
        """Read a TIFF file, or EXIF data without their first six bytes.

        Entries that are damaged or too long are left out.

        Raises:
            ValueError: The file is no TIFF file.
            struct.error: It ends early.
        """
        head = file.read(16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None:
            raise ValueError("neither II nor MM")
        big = struct.unpack(order + "H", head[2:4]) == (43,)
        (at,) = struct.unpack(
            *_field(order, big, head[8:] if big else head[4:])
        )
        image = _directory(file, at, order, big)
        inside: dict[int, Directory] = {}
        for tag in (PHOTO, GPS):
            pointer = image.get(tag)
            inside[tag] = {}
            if pointer is not None:
                at = int.from_bytes(pointer.data, "little")
                inside[tag] = _directory(file, at, order, big)
        return cls(image, inside[PHOTO], inside[GPS])

    def packed(
        self,
        at: int,
        big: bool = False,
        records: Mapping[int, bytes] | None = None,
    ) -> tuple[bytes, int]:
        """Return the bytes of the directories, and where the first one is.

        Args:
            at: Offset of these bytes in their file.
            big: Whether the file is a BigTIFF file.
            records: Entries of the file, as they are in it.
        """
        image, result = dict(self.image), b""
        for tag, entries in ((PHOTO, self.photo), (GPS, self.gps)):
            image.pop(tag, None)
            if entries:
                pointer = (at + len(result)).to_bytes(8 if big else 4, "little")
                image[tag] = Entry(_LONG8 if big else _LONG, 1, pointer)
                result += _packed(entries, at + len(result), big, {})
        start = at + len(result)
        return result + _packed(image, start, big, records or {}), start


def read_records(file: BinaryIO, at: int, big: bool) -> dict[int, bytes]:
    """Return the entries of a little-endian directory, as they are in it."""
    file.seek(at)
    width, length = (8, 20) if big else (2, 12)
    count = int.from_bytes(file.read(width), "little")
    records = [file.read(length) for _ in range(count)]
    return {int.from_bytes(each[:2], "little"): each for each in records}


def _directory(
    file: BinaryIO, at: int, order: str, big: bool
) -> dict[int, Entry]:
    file.seek(at)
    (count,) = struct.unpack(order + "HQ"[big], file.read(8 if big else 2))
    length = 20 if big else 12
    table = file.read(length * min(count, _MOST_ENTRIES))
    found = {}
    for start in range(0, len(table) - length + 1, length):
        record = table[start : start + length]
        tag, kind = struct.unpack(order + "HH", record[:4])
        (number,) = struct.unpack(*_field(order, big, record[4:]))
        size = number * _SIZES.get(kind, 0)
        if not 0 < size <= _MOST_BYTES:
            continue
        value = record[12 if big else 8 :]
        if size > len(value):
            file.seek(struct.unpack(*_field(order, big, value))[0])
            value = file.read(size)
        if len(value) >= size:
            data = _little_endian(value[:size], order, _UNITS[kind])
            found[tag] = Entry(kind, number, data)
    return found


def _field(order: str, big: bool, data: bytes) -> tuple[str, bytes]:
    """Format and bytes of the count or offset that `data` begin with."""
    return (order + "Q", data[:8]) if big else (order + "I", data[:4])


def _little_endian(data: bytes, order: str, unit: int) -> bytes:
    if order == "<":
        return data
    units = [data[i : i + unit] for i in range(0, len(data), unit)]
    return b"".join(each[::-1] for each in units)


def _packed(
    entries: Directory, at: int, big: bool, records: Mapping[int, bytes]
) -> bytes:
    """A directory at `at`, followed by the values that do not fit into it."""
    width, length, inline = (8, 20, 8) if big else (2, 12, 4)
    tags = sorted({*entries, *records})
    table, values = len(tags).to_bytes(width, "little"), b""
    values_at = at + width + length * len(tags) + inline
    for tag in tags:
        if tag not in entries:
            table += records[tag]
            continue
        kind, number, data = entries[tag]
        table += struct.pack("<HH", tag, kind) + number.to_bytes(
            inline, "little"
        )
        if len(data) <= inline:
            table += data.ljust(inline, b"\0")
        else:
            table += (values_at + len(values)).to_bytes(inline, "little")
            values += data + b"\0" * (len(data) % 2)
    # No further directory follows.
    result = table + bytes(inline) + values
    return result + b"\0" * (len(result) % 2)
