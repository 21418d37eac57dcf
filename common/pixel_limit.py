"""Limit of the pixels of an image file, checked before it is decoded."""

# A small file can ask for any amount of memory. 500 million pixels are more
# than any camera takes, and 1.5 GB of 8-bit RGB.
MAX_PIXELS = 500_000_000


def check_pixels(name: object, width: int, height: int, limit: int) -> None:
    """Raise a `ValueError` if an image has more pixels than `limit`.

    Args:
        name: Name of the image in the error message.
        width: Its width.
        height: Its height.
        limit: Largest number of pixels, which callers take as `max_pixels`.
    """
    if width * height > limit:
        raise ValueError(
            f"{name}: has {width}x{height} pixels, which is more than "
            f"`max_pixels`. Received: max_pixels={limit}"
        )
