"""Reading and writing of image files, including 16 bits and colour profiles.

This uses libvips: Pillow does not support 16-bit colour, and would hold a
second copy of a large result while writing it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from convzoo.common.output_file import check_target, renamed
from convzoo.common.types import PathLike
from convzoo.zoo.images.memory import check_memory

SUFFIXES = (".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
_SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    ".jpeg": {"Q": 95, "subsample_mode": "off"},
    ".jpg": {"Q": 95, "subsample_mode": "off"},
    ".tif": {"compression": "deflate", "predictor": "horizontal"},
    ".tiff": {"compression": "deflate", "predictor": "horizontal"},
    ".webp": {"Q": 95},
}
_INTERPRETATIONS = {
    (np.dtype("uint8"), False): "b-w",
    (np.dtype("uint8"), True): "srgb",
    (np.dtype("uint16"), False): "grey16",
    (np.dtype("uint16"), True): "rgb16",
}
# Each image is decoded once, so the cache of libvips would waste memory.
pyvips.cache_set_max(0)


@dataclass(frozen=True)
class ImageFile:
    """A decoded image file.

    Attributes:
        pixels: uint8 or uint16 array `(height, width, channels)`, upright, with
            1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) channels.
        icc_profile: Bytes of the embedded colour profile, or None.
    """

    pixels: np.ndarray
    icc_profile: bytes | None = None


def read_image(path: PathLike) -> ImageFile:
    """Decode an image file and apply its EXIF orientation.

    Args:
        path: PNG, JPEG, WebP or TIFF file. Only the first page is read. Colour
            spaces other than grey and RGB are converted to sRGB.

    Returns:
        An `ImageFile`.

    Raises:
        ValueError: If the file is missing, not an image or truncated, or its
            pixels are not 8 or 16 bits deep.
    """
    try:
        image = _upright(pyvips.Image.new_from_file(str(path), fail_on="error"))
        profile = _icc_profile(image)
        if image.interpretation not in _INTERPRETATIONS.values():
            image, profile = _to_srgb(image, profile), None
        if image.format not in ("uchar", "ushort"):
            raise ValueError(
                f"{path}: pixels must be 8 or 16 bits deep. "
                f"Received: {image.format}"
            )
        check_memory(
            image.width * image.height * image.bands * 2,
            f"{path}: decoding {image.width}x{image.height} pixels",
            "crop the image",
        )
        pixels = image.numpy()
    except pyvips.Error as error:
        raise ValueError(f"{path}: {_reason(path, error)}") from error
    if pixels.ndim == 2:
        pixels = np.expand_dims(pixels, -1)
    return ImageFile(pixels, profile)


def read_photograph(path: PathLike) -> np.ndarray:
    """Read the pixels of a file as uint8 `(height, width, 1 or 3)`.

    Alpha is dropped.

    Raises:
        ValueError: As in `read_image`.
    """
    pixels = read_image(path).pixels
    if pixels.dtype == np.uint16:
        pixels = np.rint(pixels / 257).astype(np.uint8)
    return pixels[..., : 3 if pixels.shape[-1] > 2 else 1]


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
        raise ValueError(f"{path}: {_reason(path, error)}") from error


def check_writable(path: PathLike, overwrite: bool = False) -> None:
    """Check early that `write_image` can write a file.

    Raises:
        ValueError: If the suffix is unknown, the file exists and `overwrite` is
            False, or its folder is missing.
    """
    check_target(path, SUFFIXES, overwrite)


def list_images(folder: PathLike) -> list[Path]:
    """Return the image files directly inside `folder`, sorted by name.

    Raises:
        ValueError: If `folder` is not a folder, or holds no image file.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"{folder}: is not a folder")
    try:
        files = list(folder.iterdir())
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be read ({error.strerror})"
        ) from error
    paths = sorted(p for p in files if p.suffix.lower() in SUFFIXES)
    if not paths:
        raise ValueError(
            f"{folder}: holds no image (supported: {', '.join(SUFFIXES)})"
        )
    return paths


def _upright(image: pyvips.Image) -> pyvips.Image:
    return image.autorot()


def _icc_profile(image: pyvips.Image) -> bytes | None:
    name = "icc-profile-data"
    return image.get(name) if image.get_typeof(name) else None


def _to_srgb(image: pyvips.Image, profile: bytes | None) -> pyvips.Image:
    if profile is not None:
        return image.icc_transform("srgb", embedded=True)
    return image.colourspace("srgb")


def _to_vips(image: ImageFile) -> pyvips.Image:
    pixels = np.ascontiguousarray(image.pixels)
    channels = pixels.shape[-1]
    vips_image = pyvips.Image.new_from_array(
        pixels, interpretation=_INTERPRETATIONS[(pixels.dtype, channels > 2)]
    )
    if image.icc_profile is not None:
        vips_image = vips_image.copy()
        vips_image.set_type(
            pyvips.GValue.blob_type, "icc-profile-data", image.icc_profile
        )
    return vips_image


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


def _reason(path: PathLike, error: pyvips.Error) -> str:
    """Return the last line of an error of libvips, which names the cause."""
    path = Path(path)
    if not path.exists():
        return "does not exist"
    if path.is_dir():
        return "is a folder"
    if path.stat().st_size == 0:
        return "is empty"
    lines = [line for line in error.detail.splitlines() if line.strip()]
    cause = lines[-1].strip() if lines else error.message
    if "not a known file format" in cause:
        return "is not an image"
    return f"cannot be read or written as an image ({cause})"
