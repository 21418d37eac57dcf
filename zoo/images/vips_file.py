"""Image files of any kind as images of libvips."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import pyvips

from convzoo.zoo.images.image_formats import vips_cause

INSTEAD = "save it as PNG, TIFF or JPEG"
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


def is_readable(kind: str) -> bool:
    """Return whether the installed libvips reads a format."""
    loader = _LOADERS.get(kind)
    return loader is not None and bool(
        pyvips.type_find("VipsForeignLoad", loader)
    )


def open_vips(file: BinaryIO, kind: str) -> pyvips.Image:
    """Read the header; pixels are decoded when they are needed.

    Args:
        file: As in `decode_image`.
        kind: Format of the file, which `is_readable`.
    """
    if isinstance(file, io.BytesIO):
        source = pyvips.Source.new_from_memory(file.getvalue())
    else:
        file.seek(0)
        source = pyvips.Source.new_from_descriptor(file.fileno())
    # Sequential reading needs neither a second copy nor a temporary file.
    load = getattr(pyvips.Image, _LOADERS[kind])
    return load(source, access="sequential", fail_on="error")


@contextmanager
def named_errors(name: object, kind: str) -> Iterator[None]:
    """Raise errors of libvips as errors of the file."""
    try:
        yield
    except pyvips.Error as error:
        raise ValueError(f"{name}: {_reason(kind, error)}") from error


def field_of(image: pyvips.Image, name: str, default: Any) -> Any:
    """Return a field of the header, or the default if there is none."""
    return image.get(name) if image.get_typeof(name) else default


def _reason(kind: str, error: pyvips.Error) -> str:
    cause = vips_cause(error)
    if kind in ("AVIF", "HEIC") and "nsupported" in cause:
        return f"{kind} is not read by the installed libvips; {INSTEAD}"
    return f"cannot be read as {kind} ({cause})"
