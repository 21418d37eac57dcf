"""Decoding and encoding of images inside a SavedModel."""

import tensorflow as tf

from convzoo.common.types import Tensor
from convzoo.export.checked_image import checked_image
from convzoo.export.image_header import ImageHeader


def decoded(encoded: Tensor, channels: int, max_pixels: int) -> Tensor:
    """Decode a JPEG, PNG or WebP image.

    Transparent pixels are composited on white, so that the colours under them
    have no effect. The EXIF orientation is ignored. Animated and larger images
    are rejected before they are decoded.

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
    pixels = tf.case(
        [
            (
                header.is_png,
                lambda: _png(encoded, header.png_has_alpha(encoded), channels),
            ),
            (header.is_webp, lambda: _webp(encoded, channels)),
        ],
        # As Pillow and libvips decode: the default differs by up to 5 of 255.
        default=lambda: tf.io.decode_jpeg(
            encoded, channels, dct_method="INTEGER_ACCURATE"
        ),
    )
    pixels.set_shape((None, None, channels))
    return tf.cast(pixels, "float32") / 255


def encoded_png(image: Tensor) -> Tensor:
    """Encode an image `(height, width, 1 or 3)` in [0, 1] as PNG."""
    pixels = tf.round(255 * tf.clip_by_value(image, 0, 1))
    return tf.io.encode_png(tf.cast(pixels, "uint8"))


def _png(encoded: Tensor, has_alpha: Tensor, channels: int) -> Tensor:
    """Decode PNG: the only number of channels with alpha is 4."""
    colours = tf.io.decode_png(encoded, channels)
    return tf.cond(
        has_alpha,
        lambda: _on_white(colours, tf.io.decode_png(encoded, 4)[:, :, 3:]),
        # TensorFlow makes up a wrong alpha for less than 8 bits.
        lambda: colours,
    )


def _webp(encoded: Tensor, channels: int) -> Tensor:
    """Decode WebP: TensorFlow cannot change its number of channels."""
    pixels = tf.io.decode_image(encoded, expand_animations=False)
    pixels = tf.ensure_shape(pixels, (None, None, None))
    # Where there is no fourth channel, the padding is opaque alpha.
    alpha = tf.pad(pixels, ((0, 0), (0, 0), (0, 1)), constant_values=255)
    opaque = _on_white(pixels[:, :, :3], alpha[:, :, 3:4])
    return tf.image.rgb_to_grayscale(opaque) if channels == 1 else opaque


def _on_white(colours: Tensor, alpha: Tensor) -> Tensor:
    """Composite uint8 colours on white, with rounding."""
    colours, alpha = tf.cast(colours, "int32"), tf.cast(alpha, "int32")
    total = colours * alpha + 255 * (255 - alpha)
    return tf.cast((total + 127) // 255, "uint8")
