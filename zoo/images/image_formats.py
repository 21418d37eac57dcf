"""Formats of image files, and how libvips names them.

This uses libvips: Pillow does not support 16-bit colour, and would hold a
second copy of a large result while writing it.
"""

import numpy as np
import pyvips

# By the type of the pixels, and whether they have colour.
INTERPRETATIONS = {
    (np.dtype("uint8"), False): "b-w",
    (np.dtype("uint8"), True): "srgb",
    (np.dtype("uint16"), False): "grey16",
    (np.dtype("uint16"), True): "rgb16",
}
# Each image is decoded once, so the cache of libvips would waste memory.
pyvips.cache_set_max(0)


def vips_cause(error: pyvips.Error) -> str:
    """Return the last line of an error of libvips, which names the cause."""
    lines = [line for line in error.detail.splitlines() if line.strip()]
    return lines[-1].strip() if lines else error.message
