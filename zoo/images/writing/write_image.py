"""Writing of image files, including 16 bits and colour profiles."""

from pathlib import Path

import numpy as np
import pyvips

from convzoo.common.checks import check_between, check_positive
from convzoo.common.image_suffixes import WRITTEN, check_written
from convzoo.common.output_file import check_target
from convzoo.common.types import PathLike
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.image_formats import INTERPRETATIONS
from convzoo.zoo.images.writing.saved import saved

_JPEG = (".jpg", ".jpeg")
# Name and largest side of a format.
_LARGEST = {".webp": ("WebP", 16383), **dict.fromkeys(_JPEG, ("JPEG", 65500))}


def write_image(
    path: PathLike,
    image: ImageFile,
    overwrite: bool = False,
    quality: int | None = None,
) -> None:
    """Encode an image to a temporary file, and rename it to the target.

    Args:
        path: File to write. The suffix selects the format.
        image: An `ImageFile`.
        overwrite: Whether to replace an existing file.
        quality: Quality of JPEG and WebP, from 1 to 100. None for 95.

    Raises:
        ValueError: If the suffix is unknown, the format does not support the
            pixels, the file exists, or it cannot be written.
    """
    path = Path(path)
    check_writable(path, overwrite)
    check_quality(quality)
    pixels = np.ascontiguousarray(image.pixels)
    check_format(path, pixels.dtype, pixels.shape)
    with saved(path, image.metadata, quality, pixels.nbytes) as save:
        is_colour = pixels.shape[-1] > 2
        save(
            pyvips.Image.new_from_array(
                pixels, interpretation=INTERPRETATIONS[pixels.dtype, is_colour]
            )
        )


def check_writable(path: PathLike, overwrite: bool = False) -> None:
    """Check early that `write_image` can write a file.

    Raises:
        ValueError: If the suffix is unknown, the file exists and `overwrite` is
            False, or its folder is missing.
    """
    check_written(path)
    check_target(path, WRITTEN, overwrite)


def check_quality(quality: int | None) -> None:
    """Raise a `ValueError` unless `quality` is None or from 1 to 100."""
    if quality is not None:
        check_positive("quality", quality)
        check_between("quality", quality, 1, 100)


def check_format(
    path: PathLike, dtype: np.dtype, shape: tuple[int, ...]
) -> None:
    """Check early that the format of a file can hold an image.

    Args:
        path: Path of the file; its suffix is the format.
        dtype: Type of the pixels.
        shape: Height, width and channels of the image.

    Raises:
        ValueError: If these are not the pixels of an image, or the format does
            not support alpha, 16 bits or the size.
    """
    if (
        dtype not in (np.uint8, np.uint16)
        or len(shape) != 3
        or 0 in shape
        or shape[2] > 4
    ):
        raise ValueError(
            "`pixels` must be uint8 or uint16 of shape (height, width, 1 to 4)."
            f" Received: {dtype} of shape {shape}"
        )
    suffix = Path(path).suffix.lower()
    height, width, channels = shape
    if suffix in _JPEG and channels in (2, 4):
        raise ValueError(f"{path}: JPEG has no alpha; write PNG, WebP or TIFF")
    if suffix in (*_JPEG, ".webp") and dtype == np.uint16:
        raise ValueError(
            f"{path}: {suffix} is limited to 8 bits; write PNG or TIFF"
        )
    name, largest = _LARGEST.get(suffix, ("", max(height, width)))
    if max(height, width) > largest:
        raise ValueError(
            f"{path}: {name} is limited to {largest} pixels a side; write PNG "
            f"or TIFF. Received: {width}x{height}"
        )
