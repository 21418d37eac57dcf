"""Writing of image files, including 16 bits and colour profiles."""

from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from convzoo.common.output_file import check_target, renamed
from convzoo.common.types import PathLike
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.image_formats import (
    INTERPRETATIONS,
    SUFFIXES,
    vips_reason,
)

_SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    ".jpeg": {"Q": 95, "subsample_mode": "off"},
    ".jpg": {"Q": 95, "subsample_mode": "off"},
    ".tif": {"compression": "deflate", "predictor": "horizontal"},
    ".tiff": {"compression": "deflate", "predictor": "horizontal"},
    ".webp": {"Q": 95},
}


def write_image(
    path: PathLike, image: ImageFile, overwrite: bool = False
) -> None:
    """Encode an image to a temporary file, and rename it to the target.

    Args:
        path: File to write. The suffix selects the format.
        image: An `ImageFile`.
        overwrite: Whether to replace an existing file.

    Raises:
        ValueError: If the suffix is unknown, the format does not support the
            pixels, the file exists, or it cannot be written.
    """
    path = Path(path)
    check_writable(path, overwrite)
    check_format(path, image.pixels.dtype, image.pixels.shape)
    vips_image = _to_vips(image)
    options = _SAVE_OPTIONS.get(path.suffix.lower(), {})
    try:
        with renamed(path) as temporary:
            vips_image.write_to_file(str(temporary), **options)
    except pyvips.Error as error:
        raise ValueError(f"{path}: {vips_reason(path, error)}") from error


def check_writable(path: PathLike, overwrite: bool = False) -> None:
    """Check early that `write_image` can write a file.

    Raises:
        ValueError: If the suffix is unknown, the file exists and `overwrite` is
            False, or its folder is missing.
    """
    check_target(path, SUFFIXES, overwrite)


def check_format(
    path: PathLike, dtype: np.dtype, shape: tuple[int, ...]
) -> None:
    """Check early that the format of a file can hold an image.

    Args:
        path: Path of the file; its suffix is the format.
        dtype: Type of the pixels.
        shape: Height, width and channels of the image.

    Raises:
        ValueError: If the format does not support alpha, 16 bits or the size.
    """
    suffix = Path(path).suffix.lower()
    height, width, channels = shape
    if suffix in (".jpg", ".jpeg") and channels in (2, 4):
        raise ValueError(f"{path}: JPEG has no alpha; write PNG or WebP")
    if suffix in (".jpg", ".jpeg", ".webp") and dtype == np.uint16:
        raise ValueError(
            f"{path}: {suffix} is limited to 8 bits; write PNG or TIFF"
        )
    if suffix == ".webp" and max(height, width) > 16383:
        raise ValueError(
            f"{path}: WebP is limited to 16383 pixels a side; write PNG. "
            f"Received: {width}x{height}"
        )


def _to_vips(image: ImageFile) -> pyvips.Image:
    pixels = np.ascontiguousarray(image.pixels)
    channels = pixels.shape[-1]
    vips_image = pyvips.Image.new_from_array(
        pixels, interpretation=INTERPRETATIONS[(pixels.dtype, channels > 2)]
    )
    if image.icc_profile is not None:
        vips_image = vips_image.copy()
        vips_image.set_type(
            pyvips.GValue.blob_type, "icc-profile-data", image.icc_profile
        )
    return vips_image
