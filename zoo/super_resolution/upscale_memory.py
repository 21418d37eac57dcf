"""Checks of the free memory before an image is enlarged."""

import math
from collections.abc import Sequence

from convzoo.zoo.images.memory import check_memory, free_memory

# Bytes of a value between networks, or twice those of one in a file.
_BYTES = 4
# Copies of a strip while it is made and written, of 2 bytes per value.
_STRIP_BYTES = 2 * 2
# Sides of the tiles that are tried where the memory is short.
_TILES = (256, 128, 64)


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
    height, width, _ = shape
    check_memory(
        _strips(bytes_per_pixel, scale, margin, shape, tile),
        f"Upscaling {width}x{height} pixels in tiles of {tile}",
        "choose a smaller `tile`",
    )


def fitting_tile(
    bytes_per_pixel: int, scale: int, margin: int, shape: tuple[int, int, int]
) -> int:
    """Return the side of tiles for which the free memory suffices.

    Args:
        bytes_per_pixel: As in `check_strips`.
        scale: As in `check_strips`.
        margin: As in `check_strips`.
        shape: As in `check_strips`.

    Returns:
        The longer side of the image if it fits as one tile, otherwise 256, 128
        or 64, whichever fits first; the smallest where none does.
    """
    longer = max(shape[:2])
    sides = [longer, *(tile for tile in _TILES if tile < longer)]
    free = free_memory()
    for tile in sides:
        if _strips(bytes_per_pixel, scale, margin, shape, tile) <= free:
            return tile
    return sides[-1]


def held_bytes(
    shape: tuple[int, int, int], scales: Sequence[int], tile: int | None
) -> int:
    """Return about how many bytes of pixels are held while a file is enlarged.

    Args:
        shape: Height, width and channels of the image.
        scales: Upscaling factors of the networks.
        tile: Side of the tiles; None for one piece.
    """
    values = math.prod(shape) * (1 + math.prod(scales) ** 2)
    part = 1.0 if tile is None else min(2 * tile / shape[0], 1)
    return int(_BYTES * values * part)


def _strips(
    bytes_per_pixel: int,
    scale: int,
    margin: int,
    shape: tuple[int, int, int],
    tile: int,
) -> int:
    """Bytes for a tile and a strip of tiles."""
    height, width, channels = shape
    window = tile + 2 * margin
    rows = scale * min(tile, height)
    return (
        bytes_per_pixel * min(window, height) * min(window, width)
        + _STRIP_BYTES * rows * scale * width * channels
    )
