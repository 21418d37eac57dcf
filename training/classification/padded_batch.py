"""Images of several sizes in one batch."""

from collections.abc import Sequence

import numpy as np

from convzoo.common.unit_range import unit_range


def padded_batch(
    images: Sequence[np.ndarray], shape: Sequence[int]
) -> dict[str, np.ndarray]:
    """Pad images to one shape, and scale integers to [0, 1].

    Args:
        images: Arrays `(height, width, 3)`: uint8, or floats as the model takes
            them.
        shape: Rows and columns that contain all images.

    Returns:
        Dictionary of `"images"` and their `"sizes"`.
    """
    batch = np.zeros((len(images), *shape, 3), "float32")
    for image, place in zip(images, batch, strict=True):
        height, width = image.shape[:2]
        if image.dtype == np.uint8:
            unit_range(image, out=place[:height, :width])
        else:
            place[:height, :width] = image
    sizes = np.array([image.shape[:2] for image in images], "int32")
    return {"images": batch, "sizes": sizes}
