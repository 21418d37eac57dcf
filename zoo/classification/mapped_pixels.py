"""Pixels as the networks of convzoo take them."""

from collections.abc import Sequence

from keras import ops

from convzoo.common.types import Tensor
from convzoo.layers.sizes import valid_area
from convzoo.zoo.images.standardized import standardized


def mapped_pixels(
    images: Tensor,
    sizes: Tensor | None,
    image_range: Sequence[float],
    standardize: bool,
) -> Tensor:
    """Map images to [-1, 1], or standardise them; 0 outside the valid area.

    It is computed in float32: half precision would round pixel values.

    Args:
        images: `(batch, height, width, 3)`.
        sizes: Valid rows and columns, `(batch, 2)`; None if all are valid.
        image_range: Lowest and highest pixel value.
        standardize: Whether each image gets mean 0 and standard deviation 1.
    """
    low, high = image_range
    images = ops.cast(images, "float32")
    x = (images - (low + high) / 2) * (2 / (high - low))
    area = None
    if sizes is not None:
        area = ops.expand_dims(valid_area(sizes, x), -1)
        x = ops.where(area, x, ops.zeros_like(x))
    return standardized(x, area) if standardize else x
