"""Checks of encoded images before a decoder sees them, inside a SavedModel."""

import math

import tensorflow as tf

from convzoo.common.types import Tensor
from convzoo.export.image_header import ImageHeader

# Chunks of animations, anywhere in a file: the flag in the header can be wrong.
# The bytes after a name narrow the pattern, so that compressed data matches it
# by chance once in 10**11 bytes: sizes are below 2**24, or an image follows.
_WEBP_ANIMATION = (
    r"(?s)\C*("
    r"ANIM[\x06-\x7f]\C\C\x00|ANMF\C\C\C\x00|ANMF\C{20}(VP8[ L]|ALPH)"
    r")\C*"
)
_PNG_ANIMATION = r"(?s)\C*\x00\x00\x00\CacTL\C*"
# A progressive JPEG file has about ten scans. A scan of 19 bytes can take as
# long as the whole image.
_SCANS = 100
# Limit of height and width, where `max_pixels` is small.
_SIDE = 2**14
# Elsewhere, these two bytes follow each other by chance once in 2**16 bytes.
_START_OF_SCAN = (0xFF, 0xDA)
_BYTES_PER_CHANCE_SCAN = 2**14


def checked_image(
    encoded: Tensor, header: ImageHeader, max_pixels: int
) -> Tensor:
    """Check that an encoded image can be decoded safely.

    TensorFlow's decoder of WebP corrupts the memory of the process when it gets
    an animation, and every decoder allocates what a header declares.

    Args:
        encoded: Scalar string tensor.
        header: Its header.
        max_pixels: Maximum height times width.

    Returns:
        The encoded image; an empty string instead of one that must not be
        decoded, whatever becomes of the assertions.

    Raises:
        tf.errors.InvalidArgumentError: At run time, if the file is no JPEG, PNG
            or WebP file, is animated, or has too many pixels or scans, or too
            long a side.
    """
    known = header.is_jpeg | header.is_png | header.is_webp
    encoded = _required(
        known, encoded, "The image must be a JPEG, PNG or WebP file"
    )
    encoded = _required(
        ~_is_animated(encoded, header),
        encoded,
        "The image must be a still image. It is animated",
    )
    encoded = _required(
        ~header.is_jpeg | _has_few_scans(encoded),
        encoded,
        "The JPEG image must not have hundreds of scans",
    )
    sides = _sides(encoded, header)
    longest = longest_side(max_pixels)
    message = tf.strings.format(
        f"The image must have at most {max_pixels} pixels, and at most "
        f"{longest} on a side. It has {{}} x {{}}",
        sides,
    )
    # The product of two large sides would overflow.
    short = tf.reduce_max(sides) <= longest
    few = tf.reduce_prod(sides) <= max_pixels
    return _required(short & few, encoded, message)


def longest_side(max_pixels: int) -> int:
    """Return the limit of height and width.

    Resizing an image of one row, and padding in networks, takes memory for many
    rows of its width.
    """
    return max(_SIDE, 8 * math.isqrt(max_pixels))


def _required(good: Tensor, encoded: Tensor, message: str | Tensor) -> Tensor:
    """Return the image if it is good; what uses it waits for the check."""
    with tf.control_dependencies([tf.Assert(good, [message])]):
        return tf.where(good, encoded, b"")


def _is_animated(encoded: Tensor, header: ImageHeader) -> Tensor:
    return tf.case(
        [
            (
                header.is_webp,
                lambda: (
                    header.is_animated_webp
                    | tf.strings.regex_full_match(encoded, _WEBP_ANIMATION)
                ),
            ),
            (
                header.is_png,
                lambda: tf.strings.regex_full_match(encoded, _PNG_ANIMATION),
            ),
        ],
        default=lambda: tf.constant(False),
    )


def _has_few_scans(encoded: Tensor) -> Tensor:
    first, second = _START_OF_SCAN
    content = tf.io.decode_raw(encoded, "uint8")
    starts = (content[:-1] == first) & (content[1:] == second)
    count = tf.math.count_nonzero(starts)
    by_chance = tf.size(content, "int64") // _BYTES_PER_CHANCE_SCAN
    return count <= _SCANS + by_chance


def _sides(encoded: Tensor, header: ImageHeader) -> tuple[Tensor, Tensor]:
    """Height and width that the file declares."""
    return tf.case(
        [
            (header.is_jpeg, lambda: _sides_of_jpeg(encoded)),
            (header.is_png, header.sides_of_png),
        ],
        default=header.sides_of_webp,
    )


def _sides_of_jpeg(encoded: Tensor) -> tuple[Tensor, Tensor]:
    shape = tf.image.extract_jpeg_shape(encoded, "int64")
    return shape[0], shape[1]
