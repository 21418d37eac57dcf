"""Preprocessing of images for a pretrained network."""

from collections.abc import Sequence

import numpy as np
from keras import ops

from convzoo.common.choices import PreprocessingMode
from convzoo.common.types import Tensor

# Mean and standard deviation of each channel, for images in [0, 1].
_TORCH = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# Means of blue, green and red, for images in [0, 255].
_CAFFE_MEAN = (103.939, 116.779, 123.68)


def preprocessed(
    images: Tensor,
    mode: PreprocessingMode | None,
    input_range: Sequence[float],
) -> Tensor:
    """Preprocess images as a network expects them.

    Args:
        images: Images `(batch, height, width, 3)` in float32.
        mode: `"torch"` (minus the mean of ImageNet, divided by its standard
            deviation), `"caffe"` (BGR from 0 to 255, minus the mean), `"tf"`
            (from -1 to 1), `"none"` (from 0 to 255), or None (from 0 to 1).
        input_range: Values of black and white.
    """
    low, high = input_range
    mean, deviation = np.zeros(1), np.ones(1)
    if mode == "torch":
        mean, deviation = (np.array(values) for values in _TORCH)
    if mode == "caffe":
        images = ops.flip(images, axis=-1)
        mean, deviation = np.array(_CAFFE_MEAN) / 255, np.ones(1) / 255
    if mode == "tf":
        mean, deviation = np.full(1, 0.5), np.full(1, 0.5)
    if mode == "none":
        deviation = np.ones(1) / 255
    # Scaling and normalisation as one product and one sum.
    factor = 1 / ((high - low) * deviation)
    shift = -(low / (high - low) + mean) / deviation
    factor = ops.convert_to_tensor(factor, dtype="float32")
    return images * factor + ops.convert_to_tensor(shift, dtype="float32")
