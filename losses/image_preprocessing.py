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
