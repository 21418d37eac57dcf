"""What the first bytes of an encoded image say, inside a SavedModel."""

from typing import Literal, NamedTuple

import tensorflow as tf

from convzoo.common.types import Tensor

# Signatures of the file formats; in WebP, 4 bytes separate the two. The first
# `_HEAD` bytes of a PNG or WebP file contain its height and width.
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_RIFF, _WEBP = b"RIFF", b"WEBP"
_IHDR = b"\x00\x00\x00\rIHDR"
_HEAD = 30
# A chunk of transparency before the pixels, of one byte per palette entry.
_TRANSPARENT = rb"(?s)\C*?\x00\x00[\x00\x01]\CtRNS\C*"
# Bit of the first byte of flags of an extended WebP file.
_ANIMATION = 2


class ImageHeader(NamedTuple):
    """The beginning of an encoded image; all properties are scalar tensors.

    Attributes:
        head: The first 30 bytes, padded with zeros.
    """

    head: Tensor

    @classmethod
    def of(cls, encoded: Tensor) -> "ImageHeader":
        """Return the header of an encoded image, a scalar string tensor."""
        head = tf.strings.substr(encoded, 0, _HEAD)
        return cls(tf.strings.substr(head + bytes(_HEAD), 0, _HEAD))

    @property
    def is_jpeg(self) -> Tensor:
        return self._is_at(0, _JPEG)

    @property
    def is_png(self) -> Tensor:
        """Whether it is a PNG file whose first chunk has its sizes.

        libpng skips unknown chunks, so that the sizes can also follow later.
        """
        return self._is_at(0, _PNG + _IHDR)

    @property
    def is_webp(self) -> Tensor:
        known = [self._is_at(12, kind) for kind in (b"VP8 ", b"VP8L", b"VP8X")]
        riff = self._is_at(0, _RIFF) & self._is_at(8, _WEBP)
        return riff & tf.reduce_any(known)

    @property
    def is_animated_webp(self) -> Tensor:
        flags = self._integer(20, 1)
        animated = flags // _ANIMATION % 2 == 1
        return self.is_webp & self._is_at(12, b"VP8X") & animated

    def png_has_alpha(self, encoded: Tensor) -> Tensor:
        """Whether pixels of a PNG file may be transparent.

        Args:
            encoded: The whole file.
        """
        colour_type = self._integer(25, 1)
        has_channel = (colour_type == 4) | (colour_type == 6)
        return has_channel | tf.strings.regex_full_match(encoded, _TRANSPARENT)

    def sides_of_png(self) -> tuple[Tensor, Tensor]:
        """Return height and width."""
        return self._integer(20, 4, "big"), self._integer(16, 4, "big")

    def sides_of_webp(self) -> tuple[Tensor, Tensor]:
        """Return height and width of a lossy, lossless or extended file."""
        return tf.case(
            [
                (self._is_at(12, b"VP8 "), self._sides_of_vp8),
                (self._is_at(12, b"VP8L"), self._sides_of_vp8l),
            ],
            default=self._sides_of_vp8x,
        )

    def _sides_of_vp8(self) -> tuple[Tensor, Tensor]:
        # 14 bits of size, and 2 bits of scaling.
        height, width = self._integer(28, 2), self._integer(26, 2)
        return height % 2**14, width % 2**14

    def _sides_of_vp8l(self) -> tuple[Tensor, Tensor]:
        both = self._integer(21, 4)
        return both // 2**14 % 2**14 + 1, both % 2**14 + 1

    def _sides_of_vp8x(self) -> tuple[Tensor, Tensor]:
        return self._integer(27, 3) + 1, self._integer(24, 3) + 1

    def _is_at(self, start: int, content: bytes) -> Tensor:
        found = tf.strings.substr(self.head, start, len(content))
        return tf.equal(found, content)

    def _integer(
        self,
        start: int,
        count: int,
        order: Literal["little", "big"] = "little",
    ) -> Tensor:
        """Read an unsigned integer of `count` bytes, as an int64 scalar."""
        digits = tf.strings.substr(self.head, start, count)
        digits = tf.cast(tf.io.decode_raw(digits, "uint8"), "int64")
        powers = [256**power for power in range(count)]
        if order == "big":
            powers.reverse()
        return tf.reduce_sum(digits * tf.constant(powers, "int64"))
