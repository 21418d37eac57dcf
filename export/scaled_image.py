"""Scaling of images to the sizes that a model was made for."""

import tensorflow as tf

from convzoo.common.longest_aspect import LONGEST
from convzoo.common.types import Tensor
from convzoo.export.served import Sides


def scaled_image(image: Tensor, sides: Sides, max_pixels: int) -> Tensor:
    """Scale an image, so that its shorter side lies between two lengths.

    The aspect is kept, the longer side rounded to the nearest pixel, but an
    image that is scaled is at most `LONGEST` times as long as wide. The
    interpolation is cubic, with a = -0.5 and a wider kernel where it shrinks:
    that of Pillow and MATLAB.

    Args:
        image: Float tensor `(height, width, channels)` with values in [0, 1].
        sides: See `Served`.
        max_pixels: Maximum height times width of the result.

    Returns:
        Float32 tensor `(height, width, channels)` in [0, 1].

    Raises:
        tf.errors.InvalidArgumentError: At run time, if the result has too many
            pixels, as of an image of one row.
    """
    lowest, highest = sides
    shape = tf.shape(image, "int64")[:2]
    shorter = tf.reduce_min(shape)
    side = tf.maximum(shorter, lowest)
    if highest is not None:
        side = tf.minimum(side, tf.cast(highest, "int64"))
    size = (2 * shape * side + shorter) // (2 * shorter)
    is_scaled = tf.constant(True) if highest is not None else shorter < lowest
    size = tf.where(is_scaled, tf.minimum(size, LONGEST * side), size)
    good = tf.reduce_prod(size) <= max_pixels
    message = tf.strings.format(
        f"The image must have at most {max_pixels} pixels after it is scaled "
        "to the size that the model takes. It has {} x {}",
        (size[0], size[1]),
    )
    with tf.control_dependencies([tf.Assert(good, [message])]):
        # Whatever becomes of the assertion, nothing large is made.
        size = tf.where(good, size, 1)
    resized = tf.image.resize(
        image, tf.cast(size, "int32"), "bicubic", antialias=True
    )
    # Cubic interpolation overshoots at edges.
    return tf.clip_by_value(resized, 0, 1)
