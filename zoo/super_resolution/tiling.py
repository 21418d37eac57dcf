"""Cutting an image into tiles whose seams are exact.

A tile is computed inside a window that adds, on each side, the margin from
which the network's output can depend on the input. Where the window reaches the
border of the image it is cut there, so that the network pads what it pads when
it sees the whole image. All windows of an image have one size: a compiled
network is traced once.
"""

from typing import NamedTuple


class Span(NamedTuple):
    """One tile along one axis: `[start, stop)`, inside `[first, last)`."""

    start: int
    stop: int
    first: int
    last: int


def tile_spans(length: int, tile: int, margin: int) -> list[Span]:
    """Cut `length` pixels into spans of at most `tile` pixels.

    Args:
        length: pixels along the axis.
        tile: pixels that one span yields.
        margin: pixels on each side on which the yield depends.

    Returns:
        A list of `Span`. The yields are disjoint and cover the axis; every
        window holds `min(length, tile + 2 * margin)` pixels, and reaches
        `margin` beyond its yield or up to the border of the axis.
    """
    window = min(length, tile + 2 * margin)
    spans = []
    for start in range(0, length, tile):
        first = min(max(start - margin, 0), length - window)
        spans.append(
            Span(start, min(start + tile, length), first, first + window)
        )
    return spans
