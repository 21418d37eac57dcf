"""The grid of a heatmap over a pitch."""

import math

from keras import ops

from convzoo.common.types import Tensor

# What the map shows beyond the lines, in metres.
_MARGIN = 3.0


def heatmap_grid(
    pitch: tuple[float, float], cell: float
) -> tuple[tuple[int, int], tuple[float, float]]:
    """Rows and columns, both even, and the lengths along x and y."""
    columns, rows = (
        2 * math.ceil((length + 2 * _MARGIN) / (2 * cell)) for length in pitch
    )
    return (rows, columns), (columns * cell, rows * cell)


def mirrored_maps(maps: Tensor, signs: tuple[int, int]) -> Tensor:
    """`(batch, rows, columns, ...)`, mirrored along x and y where a sign is -1.

    x runs along the columns, y along the rows.
    """
    axes = [2 - i for i, sign in enumerate(signs) if sign < 0]
    return ops.flip(maps, axes) if axes else maps
