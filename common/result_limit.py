"""Limit of the pixels of an enlarged image, checked before the work."""

# A photograph of 20,000 x 15,000 pixels, four times as large, has 4.8 billion.
MAX_RESULT_PIXELS = 5_000_000_000


def check_result_size(
    name: object, height: int, width: int, max_pixels: int
) -> None:
    """Raise a `ValueError` if the result of an image has too many pixels.

    Args:
        name: Name of the image.
        height: Height of the result.
        width: Width of the result.
        max_pixels: The most that it may have.
    """
    if height * width > max_pixels:
        raise ValueError(
            f"{name}: the result has {width}x{height} pixels, which is more "
            f"than `max_pixels`. Received: max_pixels={max_pixels}"
        )
