"""Tiling of an image with exact seams.

Each tile is computed inside a window, which adds on each side the margin that
the network's output depends on. At the border of the image the window ends, so
that the network pads exactly as for the whole image. All windows of an image
have the same size, so a compiled network is traced once.
"""

from typing import NamedTuple


class Span(NamedTuple):
    """Tile along one axis: output `[start, stop)`, window `[first, last)`."""

    start: int
    stop: int
    first: int
    last: int


def tile_spans(length: int, tile: int, margin: int) -> list[Span]:
    """Divide an axis into tiles.

    Args:
        length: Number of pixels along the axis.
        tile: Number of output pixels per tile.
        margin: Number of pixels on each side that the output depends on.

    Returns:
        List of `Span`s. Their outputs are disjoint and cover the axis. Each
        window has `min(length, tile + 2 * margin)` pixels, and extends `margin`
        pixels beyond the output or up to the border.
    """
    window = min(length, tile + 2 * margin)
    spans = []
    for start in range(0, length, tile):
        first = min(max(start - margin, 0), length - window)
        spans.append(
            Span(start, min(start + tile, length), first, first + window)
        )
    return spans
