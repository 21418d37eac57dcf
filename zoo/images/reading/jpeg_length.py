"""Whether a JPEG file is long enough for its size."""

# A block of 8x8 pixels takes two bits at least, for a brightness that stays,
# which makes 256 pixels a byte. Less is taken by colour that is stored smaller
# and by runs of blocks in progressive files; this leaves room for both.
_MOST_PIXELS = 2048


def check_jpeg(length: int, name: object, width: int, height: int) -> None:
    """Raise a `ValueError` if a JPEG file cannot hold all its pixels.

    The decoder would fill what is missing with grey, without an error, and take
    its time.

    Args:
        length: Bytes of the file.
        name: Its name in the error message.
        width: Width of the image.
        height: Height of the image.
    """
    if width * height > _MOST_PIXELS * length:
        raise ValueError(
            f"{name}: cannot be read as JPEG (its {length} bytes are too few "
            f"for {width}x{height} pixels)"
        )
