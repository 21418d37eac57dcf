"""EXIF data of a file, as a changed image may keep them."""

import io
import struct
from typing import BinaryIO

from convzoo.zoo.images.exif import Exif

# Name of the segment in JPEG files, which other formats may leave out.
_START = b"Exif\0\0"
# Horizontal and vertical resolution, and their unit; inches without it.
_X, _Y, _UNIT = 0x011A, 0x011B, 0x0128
_INCH, _CENTIMETRE = b"\2\0", b"\3\0"
# Units per inch.
_INCHES = {_INCH: 1, _CENTIMETRE: 2.54}
# Bytes of a segment of JPEG files.
_LONGEST = 65_533
# Description, camera, software, date, artist, computer, rating, copyright, and
# the title, comment, author, keywords and subject of Windows. Not: orientation,
# sizes, resolution, and what describes the pixels of a TIFF file.
_IMAGE_TAGS = (
    *(0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x013C),
    *(0x4746, 0x4749, 0x8298, *range(0x9C9B, 0x9CA0)),
)
# The maker's note refers to places in the old file; width and height changed;
# the interoperability directory describes the old file.
_OUTDATED = (0x927C, 0xA002, 0xA003, 0xA005)


def kept_exif(data: bytes) -> bytes | None:
    """Return EXIF data without what holds for the original file only.

    Orientation, sizes, thumbnails and the notes of the camera's maker are left
    out.

    Args:
        data: EXIF data, as in a JPEG file.

    Returns:
        Little-endian EXIF data; None if nothing is left.

    Raises:
        ValueError: The data are damaged or too long.
        struct.error: The data are damaged.
    """
    return kept_exif_of_tiff(io.BytesIO(data.removeprefix(_START)))


def kept_exif_of_tiff(file: BinaryIO) -> bytes | None:
    """Return the EXIF data of a TIFF file as `kept_exif` does."""
    file.seek(0)
    found = Exif.read(file)
    kept = Exif(
        {tag: found.image[tag] for tag in _IMAGE_TAGS if tag in found.image},
        *(
            {tag: each for tag, each in part.items() if tag not in _OUTDATED}
            for part in (found.photo, found.gps)
        ),
    )
    if not any(kept):
        return None
    directories, start = kept.packed(8)
    head = b"II*\0" + start.to_bytes(4, "little")
    data = _START + head + directories
    if len(data) > _LONGEST:
        raise ValueError(f"{len(data)} bytes")
    return data


def exif_dpi(data: bytes) -> tuple[float, float] | None:
    """Return the pixels per inch of EXIF data, or None.

    Raises:
        ValueError: As `kept_exif`.
        struct.error: As `kept_exif`.
    """
    image = parsed_exif(data).image
    unit = _INCHES.get(image[_UNIT].data[:2] if _UNIT in image else _INCH)
    if unit is None or not {_X, _Y} <= image.keys():
        return None
    x, y = (
        struct.unpack("<II", image[tag].data.ljust(8, b"\0")[:8])
        for tag in (_X, _Y)
    )
    if not (all(x) and all(y)):
        return None
    return x[0] / x[1] * unit, y[0] / y[1] * unit


def parsed_exif(data: bytes) -> Exif:
    """Return the directories of EXIF data."""
    return Exif.read(io.BytesIO(data.removeprefix(_START)))
