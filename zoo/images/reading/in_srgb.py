"""Colours of image files in sRGB, which the networks assume."""

import numpy as np
import pyvips

from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.image_formats import INTERPRETATIONS

_PROFILE = "icc-profile-data"


def in_srgb(image: ImageFile) -> np.ndarray:
    """Return the pixels of an image, converted to sRGB by its profile.

    As in libvips, a damaged profile, or one of another kind of pixels, has no
    effect.

    Args:
        image: An `ImageFile`.

    Returns:
        Array of the type and the shape of `image.pixels`.
    """
    pixels = image.pixels
    if image.icc_profile is None:
        return pixels
    has_colour = pixels.shape[-1] > 2
    vips_image = pyvips.Image.new_from_array(
        np.ascontiguousarray(pixels),
        interpretation=INTERPRETATIONS[(pixels.dtype, has_colour)],
    ).copy()
    vips_image.set_type(pyvips.GValue.blob_type, _PROFILE, image.icc_profile)
    depth = 8 * pixels.dtype.itemsize
    try:
        converted = vips_image.icc_transform(
            "srgb", embedded=True, depth=depth
        ).numpy()
    except pyvips.Error:
        return pixels
    # Grey becomes three equal channels.
    return converted if has_colour else np.delete(converted, (1, 2), axis=-1)
