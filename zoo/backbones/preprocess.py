"""Preprocessing that the weights of a network expect."""

from collections.abc import Sequence
from typing import get_args

from keras import ops

from convzoo.common.checks import check_choice
from convzoo.common.choices import PreprocessingMode
from convzoo.common.types import Tensor
from convzoo.losses.preprocessed import preprocessed


def preprocess(
    images: Tensor, mode: PreprocessingMode, image_range: Sequence[float]
) -> Tensor:
    """Preprocess images as the weights of a network expect them.

    Args:
        images: RGB images `(batch, height, width, 3)`, of any type.
        mode: As in `keras.applications.imagenet_utils.preprocess_input`:
            `"caffe"` (BGR from 0 to 255, minus the mean of ImageNet), `"tf"`
            (from -1 to 1), or `"torch"` (from 0 to 1, minus the mean, divided
            by the standard deviation); or `"none"` (from 0 to 255).
        image_range: Values of black and white in `images`.

    Returns:
        Images in float32.

    Raises:
        ValueError: If `mode` is none of these.
    """
    check_choice("mode", mode, get_args(PreprocessingMode))
    return preprocessed(ops.cast(images, "float32"), mode, image_range)
