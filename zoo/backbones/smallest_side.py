"""Smallest side of the images of a network."""

import keras

# Twice the smallest images of Inception.
_LARGEST = 256


def smallest_image_side(model: keras.Model) -> int:
    """Return the smallest side of images with one position in all maps.

    It is found from the shapes of the outputs, without computing them.

    Args:
        model: Functional model of images `(batch, height, width, 3)`.
    """
    low, high = 1, _LARGEST
    while low < high:
        middle = (low + high) // 2
        if _has_positions(model, middle):
            high = middle
        else:
            low = middle + 1
    return low


def _has_positions(model: keras.Model, side: int) -> bool:
    try:
        shapes = model.compute_output_shape((1, side, side, 3))
    # Some layers refuse images that are too small, others return no position.
    except ValueError:
        return False
    shapes = shapes if isinstance(shapes, list) else [shapes]
    return all(size > 0 for shape in shapes for size in shape)
