"""Decoding of image files that may be anything."""

import io
import warnings
from typing import BinaryIO

import numpy as np
import pyvips

from convzoo.common.checks import check_positive
from convzoo.common.format_of import HEAD, format_of, is_sequence
from convzoo.common.pixel_limit import MAX_PIXELS, check_pixels
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.image_formats import INTERPRETATIONS
from convzoo.zoo.images.metadata import (
    Metadata,
    read_metadata,
    read_tiff_exif,
)
from convzoo.zoo.images.reading.bmp import decode_bmp
from convzoo.zoo.images.reading.image_rows import ImageRows, check_decoding
from convzoo.zoo.images.reading.jpeg_length import check_jpeg
from convzoo.zoo.images.reading.png_chunks import check_png
from convzoo.zoo.images.reading.tiff_tags import check_tiff
from convzoo.zoo.images.vips_file import (
    INSTEAD,
    field_of,
    is_readable,
    named_errors,
    open_vips,
)

# Formats that are decoded by rows, unless the file is interlaced.
_BY_ROWS = ("JPEG", "PNG", "TIFF")
# EXIF orientations that exchange width and height.
_ON_ITS_SIDE = range(5, 9)


def decode_image(
    file: BinaryIO, name: object = "image", max_pixels: int = MAX_PIXELS
) -> ImageFile:
    """Decode an image as `read_image` does.

    Args:
        file: A regular file, open without a buffer, or a `BytesIO`.
        name: Name of the image in error messages.
        max_pixels: As in `read_image`.

    Raises:
        ValueError: As in `read_image`.
    """
    return decode_rows(file, name, max_pixels).whole()


def decode_rows(
    file: BinaryIO, name: object = "image", max_pixels: int = MAX_PIXELS
) -> ImageRows:
    """Decode an image from the top, as its rows are needed.

    Memory for all of it takes an image that lies on its side, is interlaced, or
    of a format without rows.

    Args:
        file: As in `decode_image`; open as long as rows are read.
        name: As in `decode_image`.
        max_pixels: As in `decode_image`.

    Raises:
        ValueError: As in `read_image`; where pixels are damaged, when they are
            read.
    """
    check_positive("max_pixels", max_pixels)
    head = file.read(HEAD)
    kind = format_of(head)
    if kind is None:
        raise ValueError(f"{name}: is not an image")
    if kind == "BMP":
        pixels = decode_bmp(file, name, max_pixels)
        return ImageRows(
            name,
            pixels.shape,
            pixels.dtype,
            Metadata(),
            lambda first, last: pixels[first:last],
        )
    if not is_readable(kind):
        raise ValueError(f"{name}: {kind} is not read; {INSTEAD}")
    exif = None
    if kind == "TIFF":
        check_tiff(file, name)
        exif = read_tiff_exif(file, name)
    if kind == "PNG":
        check_png(file, name)
    if is_sequence(head):
        warnings.warn(f"{name}: is animated; the first is read", stacklevel=2)
    length = file.seek(0, io.SEEK_END)
    with named_errors(name, kind):
        image = open_vips(file, kind)
        check_pixels(name, image.width, image.height, max_pixels)
        if kind == "JPEG":
            check_jpeg(length, name, image.width, image.height)
        _check_pixels_are_known(image, name)
        _warn_of_pages(image, name)
        metadata = read_metadata(image, name, exif)
        return _rows(image, metadata, name, kind)


def _rows(
    image: pyvips.Image, metadata: Metadata, name: object, kind: str
) -> ImageRows:
    orientation = field_of(image, "orientation", 1)
    is_upright = orientation == 1
    dtype = np.dtype("uint8" if image.format == "uchar" else "uint16")
    if not is_upright or _is_decoded_at_once(image, kind):
        size = image.height * image.width * image.bands * dtype.itemsize
        check_decoding(name, image.height, image.width, size)
    if not is_upright:
        image = image.copy_memory().autorot()
    if orientation in _ON_ITS_SIDE and metadata.dpi is not None:
        metadata = metadata._replace(dpi=metadata.dpi[::-1])
    if image.interpretation == "cmyk":
        image = _to_srgb(image, metadata.icc_profile)
        metadata = metadata._replace(icc_profile=None)

    # It keeps the rows that a decoder has read ahead.
    region = pyvips.Region.new(image)

    def decode(first: int, last: int) -> np.ndarray:
        shape = last - first, image.width, image.bands
        with named_errors(name, kind):
            if shape[0] == image.height:
                pixels = image.numpy().reshape(shape)
            else:
                data = region.fetch(0, first, image.width, shape[0])
                pixels = np.frombuffer(data, dtype).reshape(shape)
        return _full_range(pixels, image)

    shape = image.height, image.width, image.bands
    return ImageRows(name, shape, dtype, metadata, decode)


def _is_decoded_at_once(image: pyvips.Image, kind: str) -> bool:
    return kind not in _BY_ROWS or bool(field_of(image, "interlaced", 0))


def _check_pixels_are_known(image: pyvips.Image, name: object) -> None:
    if image.format not in ("uchar", "ushort"):
        raise ValueError(
            f"{name}: pixels must be 8 or 16 bits deep. "
            f"Received: {image.format}"
        )
    if image.interpretation == "cmyk":
        allowed: tuple[int, ...] = (4, 5)
    elif image.interpretation in INTERPRETATIONS.values():
        allowed = (3, 4) if "rgb" in image.interpretation else (1, 2)
    else:
        allowed = ()
    if image.bands not in allowed:
        raise ValueError(
            f"{name}: pixels must be grey, RGB or CMYK. Received: "
            f"{image.bands} channels, {image.interpretation}"
        )


def _warn_of_pages(image: pyvips.Image, name: object) -> None:
    count = field_of(image, "n-pages", 1)
    if count > 1:
        warnings.warn(
            f"{name}: has {count} pages or frames; the first is read",
            stacklevel=2,
        )


def _full_range(pixels: np.ndarray, image: pyvips.Image) -> np.ndarray:
    """Repeat the bits of 10 or 12, which libvips only shifts, up to 16."""
    bits = field_of(image, "bits-per-sample", 16)
    if pixels.dtype == np.uint16 and 8 < bits < 16:
        return pixels | (pixels >> bits)
    return pixels


def _to_srgb(image: pyvips.Image, profile: bytes | None) -> pyvips.Image:
    if profile is not None:
        return image.icc_transform("srgb", embedded=True)
    return image.colourspace("srgb")
