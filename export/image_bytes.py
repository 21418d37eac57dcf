"""Decoding and encoding of images inside a SavedModel."""

from typing import Literal

import tensorflow as tf

from convzoo.common.types import Tensor

# Signatures of the file formats; in WebP, 4 bytes separate the two. The first
# `_HEAD` bytes of a PNG or WebP file contain its height and width.
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_RIFF, _WEBP = b"RIFF", b"WEBP"
_HEAD = 30


def decoded(encoded: Tensor, channels: int, max_pixels: int) -> Tensor:
    """Decode a JPEG, PNG or WebP image.

    The alpha channel is dropped and the EXIF orientation is ignored. Larger
    images are rejected before they are decoded.

    Args:
        encoded: Scalar string tensor.
        channels: Number of channels: 1 for greyscale, 3 for RGB.
        max_pixels: Maximum height times width.

    Returns:
        A float32 tensor of shape `(height, width, channels)`, with values in
        [0, 1].

    Raises:
        tf.errors.InvalidArgumentError: At run time, if the file has another
            format, is truncated or corrupt, or has too many pixels.
    """
    head = _head(encoded)
    with tf.control_dependencies([_check(encoded, head, max_pixels)]):
        encoded = tf.identity(encoded)
    pixels = tf.cond(
        _is_webp(head),
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


def _check(encoded: Tensor, head: Tensor, max_pixels: int) -> tf.Operation:
    """An operation that fails if the image must not be decoded."""
    known = _is_jpeg(head) | _is_png(head) | _is_webp(head)
    check = tf.Assert(known, ["The image must be a JPEG, PNG or WebP file"])
    with tf.control_dependencies([check]):
        encoded = tf.identity(encoded)
    height, width = tf.case(
        [
            (_is_jpeg(head), lambda: _sides_of_jpeg(encoded)),
            (_is_png(head), lambda: _sides_of_png(head)),
        ],
        default=lambda: _sides_of_webp(head),
    )
    message = tf.strings.format(
        f"The image must have at most {max_pixels} pixels. It has {{}} x {{}}",
        (height, width),
    )
    return tf.Assert(height * width <= max_pixels, [message])


def _head(encoded: Tensor) -> Tensor:
    """The first bytes of the file, padded with zeros."""
    head = tf.strings.substr(encoded, 0, _HEAD)
    return tf.strings.substr(head + bytes(_HEAD), 0, _HEAD)


def _is_jpeg(head: Tensor) -> Tensor:
    return tf.strings.substr(head, 0, len(_JPEG)) == _JPEG


def _is_png(head: Tensor) -> Tensor:
    return tf.strings.substr(head, 0, len(_PNG)) == _PNG


def _is_webp(head: Tensor) -> Tensor:
    riff = tf.strings.substr(head, 0, len(_RIFF)) == _RIFF
    return riff & (tf.strings.substr(head, 8, len(_WEBP)) == _WEBP)


def _sides_of_jpeg(encoded: Tensor) -> tuple[Tensor, Tensor]:
    shape = tf.image.extract_jpeg_shape(encoded, "int64")
    return shape[0], shape[1]


def _sides_of_png(head: Tensor) -> tuple[Tensor, Tensor]:
    return _integer(head, 20, 4, "big"), _integer(head, 16, 4, "big")


def _sides_of_webp(head: Tensor) -> tuple[Tensor, Tensor]:
    """Height and width of the formats: lossy, lossless and extended."""
    kind = tf.strings.substr(head, 12, 4)
    return tf.case(
        [
            (tf.equal(kind, b"VP8 "), lambda: _sides_of_vp8(head)),
            (tf.equal(kind, b"VP8L"), lambda: _sides_of_vp8l(head)),
        ],
        default=lambda: (_integer(head, 27, 3) + 1, _integer(head, 24, 3) + 1),
    )


def _sides_of_vp8(head: Tensor) -> tuple[Tensor, Tensor]:
    # 14 bits of size, and 2 bits of scaling.
    height, width = _integer(head, 28, 2), _integer(head, 26, 2)
    return height % 2**14, width % 2**14


def _sides_of_vp8l(head: Tensor) -> tuple[Tensor, Tensor]:
    both = _integer(head, 21, 4)
    return both // 2**14 % 2**14 + 1, both % 2**14 + 1


def _integer(
    head: Tensor,
    start: int,
    count: int,
    order: Literal["little", "big"] = "little",
) -> Tensor:
    """Read an unsigned integer of `count` bytes, as an int64 scalar."""
    digits = tf.strings.substr(head, start, count)
    digits = tf.cast(tf.io.decode_raw(digits, "uint8"), "int64")
    powers = [256**power for power in range(count)]
    if order == "big":
        powers.reverse()
    return tf.reduce_sum(digits * tf.constant(powers, "int64"))
