"""What a trained network expects images to be."""

import numpy as np
from keras import ops

# The mean and the standard deviation of each channel, of images in [0, 1].
_TORCH = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# Blue, green and red, of images in [0, 255].
_CAFFE_MEAN = (103.939, 116.779, 123.68)

PREPROCESSING = ("auto", "caffe", "torch", None)


def preprocessed(images, preprocessing, input_range):
    """Images as a network expects them.

    Args:
        images: `(batch, height, width, channels)` in float32.
        preprocessing: `"torch"`, `"caffe"` or None, as `FeatureExtractor`
            explains them.
        input_range: the values of black and white.
    """
    low, high = input_range
    mean, deviation = np.zeros(1), np.ones(1)
    if preprocessing == "torch":
        mean, deviation = (np.array(values) for values in _TORCH)
    if preprocessing == "caffe":
        images = ops.flip(images, axis=-1)
        mean, deviation = np.array(_CAFFE_MEAN) / 255, np.ones(1) / 255
    # One product and one sum in place of two of each.
    factor = 1 / ((high - low) * deviation)
    shift = -(low / (high - low) + mean) / deviation
    factor = ops.convert_to_tensor(factor, dtype="float32")
    return images * factor + ops.convert_to_tensor(shift, dtype="float32")


def filled_up(images, smallest, value):
    """Images with sides of at least `smallest`, where they were unknown.

    Too few pixels would leave no features, and the mean of none is not a
    number. Sides that are known have been checked by then.
    """
    sides = images.shape[1:3]
    if None not in sides:
        return images
    missing = [
        [0, ops.maximum(smallest - length, 0) if known is None else 0]
        for known, length in zip(sides, ops.shape(images)[1:3], strict=True)
    ]
    return ops.pad(images, [[0, 0], *missing, [0, 0]], constant_values=value)
