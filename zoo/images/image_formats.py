"""Formats of image files, and how libvips names them.

This uses libvips: Pillow does not support 16-bit colour, and would hold a
second copy of a large result while writing it.
"""

from pathlib import Path

import numpy as np
import pyvips

from convzoo.common.types import PathLike

# Formats that are written, and read.
SUFFIXES = (".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
# Formats that are read.
READ_SUFFIXES = (
    *SUFFIXES,
    *(".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jpe"),
)
# By the type of the pixels, and whether they have colour.
INTERPRETATIONS = {
    (np.dtype("uint8"), False): "b-w",
    (np.dtype("uint8"), True): "srgb",
    (np.dtype("uint16"), False): "grey16",
    (np.dtype("uint16"), True): "rgb16",
}
# Each image is decoded once, so the cache of libvips would waste memory.
pyvips.cache_set_max(0)


def vips_reason(path: PathLike, error: pyvips.Error) -> str:
    """Return the last line of an error of libvips, which names the cause."""
    path = Path(path)
    if not path.exists():
        return "does not exist"
    if path.is_dir():
        return "is a folder"
    return f"cannot be read or written as an image ({vips_cause(error)})"


def vips_cause(error: pyvips.Error) -> str:
    """Return the last line of an error of libvips, which names the cause."""
    lines = [line for line in error.detail.splitlines() if line.strip()]
    return lines[-1].strip() if lines else error.message
