"""Checks of the free memory before an image is enlarged."""

from convzoo.zoo.images.memory import check_memory

# Copies of a strip while it is made and written, of 2 bytes per value.
_STRIP_BYTES = 2 * 2


def check_whole(bytes_per_pixel: int, height: int, width: int) -> None:
    """Raise a `ValueError` unless an image can be enlarged in one piece."""
    check_memory(
        bytes_per_pixel * height * width,
        f"Upscaling {width}x{height} pixels at once",
        "pass `tile` to process the image in tiles",
    )


def check_result(scale: int, size: int, height: int, width: int) -> None:
    """Raise a `ValueError` unless the result of tiles can be held.

    Args:
        scale: Upscaling factor.
        size: Bytes of the image.
        height: Height of the image.
        width: Width of the image.
    """
    check_memory(
        scale**2 * size,
        f"The result of {width}x{height} pixels",
        "upscale its file to a file, which is written in strips",
    )


def check_strips(
    bytes_per_pixel: int,
    scale: int,
    margin: int,
    shape: tuple[int, int, int],
    tile: int,
) -> None:
    """Raise a `ValueError` unless a tile and a strip of tiles can be held.

    Args:
        bytes_per_pixel: Memory for enlarging a tile.
        scale: Upscaling factor.
        margin: Pixels around a tile that it depends on.
        shape: Height, width and channels of the image.
        tile: Side of the tiles.
    """
    height, width, channels = shape
    window = tile + 2 * margin
    rows = scale * min(tile, height)
    check_memory(
        bytes_per_pixel * min(window, height) * min(window, width)
        + _STRIP_BYTES * rows * scale * width * channels,
        f"Upscaling {width}x{height} pixels in tiles of {tile}",
        "choose a smaller `tile`",
    )
