"""Reading of image files, including 16 bits and colour profiles."""

from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.reading.decode_image import decode_image
from convzoo.zoo.images.reading.open_image import open_image


def read_image(path: PathLike, max_pixels: int = MAX_PIXELS) -> ImageFile:
    """Decode an image file and apply its EXIF orientation.

    The format is told by the first bytes of the file, whatever its name.

    Args:
        path: PNG, JPEG, WebP, TIFF, GIF or BMP file; or an AVIF or HEIC file
            that the installed libvips can decode. Of several pages or frames,
            the first is read, with a warning. CMYK is converted to sRGB.
        max_pixels: Files with more pixels are refused before they are decoded.

    Returns:
        An `ImageFile`.

    Raises:
        ValueError: If the file is missing, not a regular file, not an image,
            truncated or too large, its pixels are not 8 or 16 bits deep, or its
            colour space is not certain.
    """
    with open_image(path) as file:
        return decode_image(file, path, max_pixels)
