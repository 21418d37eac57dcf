"""Reading of image files, including 16 bits and colour profiles."""

import numpy as np
import pyvips

from convzoo.common.types import PathLike
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.image_formats import INTERPRETATIONS, vips_reason
from convzoo.zoo.images.memory import check_memory


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
        if image.interpretation not in INTERPRETATIONS.values():
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
        raise ValueError(f"{path}: {vips_reason(path, error)}") from error
    if pixels.ndim == 2:
        pixels = np.expand_dims(pixels, -1)
    return ImageFile(pixels, profile)


def _upright(image: pyvips.Image) -> pyvips.Image:
    return image.autorot()


def _icc_profile(image: pyvips.Image) -> bytes | None:
    name = "icc-profile-data"
    return image.get(name) if image.get_typeof(name) else None


def _to_srgb(image: pyvips.Image, profile: bytes | None) -> pyvips.Image:
    if profile is not None:
        return image.icc_transform("srgb", embedded=True)
    return image.colourspace("srgb")
