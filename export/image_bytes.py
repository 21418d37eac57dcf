"""Decoding and encoding of images inside a SavedModel."""

import tensorflow as tf

from convzoo.common.types import Tensor
from convzoo.export.checked_image import checked_image
from convzoo.export.image_header import ImageHeader


def decoded(encoded: Tensor, channels: int, max_pixels: int) -> Tensor:
    """Decode a JPEG, PNG or WebP image.

    The alpha channel is dropped and the EXIF orientation is ignored. Animated
    and larger images are rejected before they are decoded.

    Args:
        encoded: Scalar string tensor.
        channels: Number of channels: 1 for greyscale, 3 for RGB.
        max_pixels: Maximum height times width.

    Returns:
        A float32 tensor of shape `(height, width, channels)`, with values in
        [0, 1].

    Raises:
        tf.errors.InvalidArgumentError: At run time, if the file has another
            format, is animated, truncated or corrupt, or has too many pixels.
    """
    header = ImageHeader.of(encoded)
    encoded = checked_image(encoded, header, max_pixels)
    pixels = tf.cond(
        header.is_webp,
        lambda: _webp(encoded, channels),
        lambda: _other(encoded, channels),
    )
    pixels.set_shape((None, None, channels))
    return tf.cast(pixels, "float32") / 255


def encoded_png(image: Tensor) -> Tensor:
    """Encode an image `(height, width, 1 or 3)` in [0, 1] as PNG."""
    pixels = tf.round(255 * tf.clip_by_value(image, 0, 1))
    return tf.io.encode_png(tf.cast(pixels, "uint8"))


def _other(encoded: Tensor, channels: int) -> Tensor:
    return tf.io.decode_image(encoded, channels, expand_animations=False)


def _webp(encoded: Tensor, channels: int) -> Tensor:
    """Decode WebP: TensorFlow cannot change its number of channels."""
    pixels = tf.io.decode_image(encoded, expand_animations=False)
    pixels = tf.ensure_shape(pixels, (None, None, None))[:, :, :3]
    return tf.image.rgb_to_grayscale(pixels) if channels == 1 else pixels
