"""Metadata of an image that libvips writes."""

import io
from pathlib import Path

import pyvips
from PIL import Image

from convzoo.zoo.images.exif import read_records
from convzoo.zoo.images.kept_exif import parsed_exif
from convzoo.zoo.images.metadata import MILLIMETRES, Metadata

# What programs take where a file does not say; libvips would write 25.4.
_USUAL_DPI = (72.0, 72.0)


def with_metadata(image: pyvips.Image, metadata: Metadata) -> pyvips.Image:
    """Return an image with metadata, which libvips writes with it.

    libvips writes no EXIF data to TIFF files; `add_exif_to_tiff` does.
    """
    x, y = metadata.dpi or _USUAL_DPI
    image = image.copy(xres=x / MILLIMETRES, yres=y / MILLIMETRES)
    image.set_type(pyvips.GValue.gstr_type, "resolution-unit", "in")
    if metadata.icc_profile is not None:
        image.set_type(
            pyvips.GValue.blob_type, "icc-profile-data", metadata.icc_profile
        )
    if metadata.exif is not None:
        _add_exif(image, metadata.exif)
    return image


def add_exif_to_tiff(path: Path, exif: bytes) -> None:
    """Add EXIF data to a little-endian TIFF file of one page.

    A new directory at the end of the file replaces the first one.
    """
    with open(path, "r+b") as file:
        head = file.read(16)
        big = head[2:4] == b"+\0"
        at, width = (8, 8) if big else (4, 4)
        old = int.from_bytes(head[at : at + width], "little")
        records = read_records(file, old, big)
        end = file.seek(0, io.SEEK_END)
        file.write(b"\0" * (end % 2))
        content, start = parsed_exif(exif).packed(end + end % 2, big, records)
        file.write(content)
        file.seek(at)
        file.write(start.to_bytes(width, "little"))


def _add_exif(image: pyvips.Image, exif: bytes) -> None:
    """Add the fields that libvips makes of EXIF data when it reads a file.

    It writes those only, and not the bytes of the field `exif-data`.
    """
    carrier = io.BytesIO()
    Image.new("L", (1, 1)).save(carrier, "JPEG", exif=exif)
    read = pyvips.Image.jpegload_buffer(carrier.getvalue())
    for name in read.get_fields():
        if name.startswith("exif-"):
            image.set_type(read.get_typeof(name), name, read.get(name))
