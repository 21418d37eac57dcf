"""Decoding of image files that may be anything."""

import io
import warnings
from typing import Any, BinaryIO

import numpy as np
import pyvips

from convzoo.common.checks import check_positive
from convzoo.common.pixel_limit import MAX_PIXELS, check_pixels
from convzoo.zoo.images.bmp import decode_bmp
from convzoo.zoo.images.format_of import HEAD, format_of
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.image_formats import INTERPRETATIONS, vips_cause
from convzoo.zoo.images.memory import check_memory
from convzoo.zoo.images.png_chunks import check_png
from convzoo.zoo.images.tiff_tags import check_tiff

# The only loaders of libvips that are called. By content, it would also choose
# those of PDF, SVG, MATLAB and its own format.
_LOADERS = {
    "AVIF": "heifload_source",
    "GIF": "gifload_source",
    "HEIC": "heifload_source",
    "JPEG": "jpegload_source",
    "PNG": "pngload_source",
    "TIFF": "tiffload_source",
    "WebP": "webpload_source",
}
_INSTEAD = "save it as PNG, TIFF or JPEG"


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
    check_positive("max_pixels", max_pixels)
    kind = format_of(file.read(HEAD))
    if kind is None:
        raise ValueError(f"{name}: is not an image")
    if kind == "BMP":
        return ImageFile(decode_bmp(file, name, max_pixels))
    if not _is_readable(kind):
        raise ValueError(f"{name}: {kind} is not read; {_INSTEAD}")
    if kind == "TIFF":
        check_tiff(file, name)
    if kind == "PNG":
        check_png(file, name)
    try:
        return _decoded(_opened(file, kind), name, max_pixels)
    except pyvips.Error as error:
        raise ValueError(f"{name}: {_reason(kind, error)}") from error


def _is_readable(kind: str) -> bool:
    loader = _LOADERS.get(kind)
    return loader is not None and bool(
        pyvips.type_find("VipsForeignLoad", loader)
    )


def _opened(file: BinaryIO, kind: str) -> pyvips.Image:
    """Read the header; pixels are decoded when they are needed."""
    if isinstance(file, io.BytesIO):
        source = pyvips.Source.new_from_memory(file.getvalue())
    else:
        file.seek(0)
        source = pyvips.Source.new_from_descriptor(file.fileno())
    # Sequential reading needs neither a second copy nor a temporary file.
    load = getattr(pyvips.Image, _LOADERS[kind])
    return load(source, access="sequential", fail_on="error")


def _decoded(image: pyvips.Image, name: object, max_pixels: int) -> ImageFile:
    check_pixels(name, image.width, image.height, max_pixels)
    _check_pixels_are_known(image, name)
    _warn_of_pages(image, name)
    size = 1 if image.format == "uchar" else 2
    check_memory(
        image.width * image.height * image.bands * size * 2,
        f"{name}: decoding {image.width}x{image.height} pixels",
        "crop the image",
    )
    profile = _icc_profile(image)
    if _field(image, "orientation", 1) != 1:
        image = image.copy_memory().autorot()
    if image.interpretation == "cmyk":
        image, profile = _to_srgb(image, profile), None
    pixels = image.numpy()
    if pixels.ndim == 2:
        pixels = np.expand_dims(pixels, -1)
    return ImageFile(_full_range(pixels, image), profile)


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
    count = _field(image, "n-pages", 1)
    if count > 1:
        warnings.warn(
            f"{name}: has {count} pages or frames; the first is read",
            stacklevel=2,
        )


def _full_range(pixels: np.ndarray, image: pyvips.Image) -> np.ndarray:
    """Repeat the bits of 10 or 12, which libvips only shifts, up to 16."""
    bits = _field(image, "bits-per-sample", 16)
    if pixels.dtype == np.uint16 and 8 < bits < 16:
        return pixels | (pixels >> bits)
    return pixels


def _icc_profile(image: pyvips.Image) -> bytes | None:
    return _field(image, "icc-profile-data", None)


def _field(image: pyvips.Image, name: str, default: Any) -> Any:
    return image.get(name) if image.get_typeof(name) else default


def _to_srgb(image: pyvips.Image, profile: bytes | None) -> pyvips.Image:
    if profile is not None:
        return image.icc_transform("srgb", embedded=True)
    return image.colourspace("srgb")


def _reason(kind: str, error: pyvips.Error) -> str:
    cause = vips_cause(error)
    if kind in ("AVIF", "HEIC") and "nsupported" in cause:
        return f"{kind} is not read by the installed libvips; {_INSTEAD}"
    return f"cannot be read as {kind} ({cause})"
