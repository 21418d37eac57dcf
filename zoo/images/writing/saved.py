"""Saving of an image by libvips, whole and under its name, or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyvips

from convzoo.common.output_file import renamed
from convzoo.zoo.images.metadata import Metadata
from convzoo.zoo.images.writing.with_metadata import (
    add_exif_to_tiff,
    with_metadata,
)

_QUALITY = 95
_TIFF = (".tif", ".tiff")
# Offsets in a TIFF file have 32 bits; leaves room for what does not compress.
_BIG_TIFF = 4_000_000_000


@contextmanager
def saved(
    path: Path, metadata: Metadata, quality: int | None, size: int
) -> Iterator[Callable[[pyvips.Image], None]]:
    """Yield a function that writes an image to a temporary file.

    After the block, the file gets its name.

    Args:
        path: File to write. The suffix selects the format.
        metadata: What to write beside the pixels.
        quality: Quality of JPEG and WebP, from 1 to 100. None for 95.
        size: Bytes of the pixels.

    Raises:
        ValueError: The file cannot be written.
    """
    suffix = path.suffix.lower()
    options = _options(suffix, quality or _QUALITY, size)
    try:
        with renamed(path) as temporary:
            with open(temporary, "x+b", buffering=0) as file:
                # By its number, since libvips takes UTF-8 names only.
                target = pyvips.Target.new_to_descriptor(file.fileno())
                yield lambda image: with_metadata(
                    image, metadata
                ).write_to_target(target, suffix, **options)
            if suffix in _TIFF and metadata.exif is not None:
                add_exif_to_tiff(temporary, metadata.exif)
    except pyvips.Error as error:
        raise ValueError(
            f"{path}: cannot be written ({_cause(error)})"
        ) from error


def _options(suffix: str, quality: int, size: int) -> dict[str, Any]:
    if suffix in (".jpg", ".jpeg"):
        return {"Q": quality, "subsample_mode": "off"}
    if suffix == ".webp":
        return {"Q": quality}
    if suffix in _TIFF:
        return {
            "compression": "deflate",
            "predictor": "horizontal",
            "bigtiff": size > _BIG_TIFF,
        }
    return {}


def _cause(error: pyvips.Error) -> str:
    """Return the error of the system, or the first line of libvips."""
    lines = [line.strip() for line in error.detail.splitlines()]
    for line in lines:
        start, _, cause = line.partition("system error: ")
        if not start and cause and not cause.startswith("Unknown"):
            return cause
    return next((line for line in lines if line), error.message)
