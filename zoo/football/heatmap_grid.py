"""The grid of a heatmap over a pitch."""

import math

from keras import ops

from convzoo.common.types import Tensor

# Width of the border around the pitch that the grid covers, in metres.
_MARGIN = 3.0


def heatmap_grid(
    pitch: tuple[float, float], cell: float
) -> tuple[tuple[int, int], tuple[float, float]]:
    """Size and extent of the grid that covers a pitch and its border.

    Args:
        pitch: Length and width of the pitch.
        cell: Side of a cell.

    Returns:
        The numbers of rows and columns, both even; and the lengths of the grid
        along x and y.
    """
    columns, rows = (
        2 * math.ceil((length + 2 * _MARGIN) / (2 * cell)) for length in pitch
    )
    return (rows, columns), (columns * cell, rows * cell)


def mirrored_maps(maps: Tensor, signs: tuple[int, int]) -> Tensor:
    """Mirror maps `(batch, rows, columns, ...)` along x and y.

    Args:
        maps: The maps; x runs along the columns, y along the rows.
        signs: Signs of x and y; -1 mirrors.
    """
    axes = [2 - i for i, sign in enumerate(signs) if sign < 0]
    return ops.flip(maps, axes) if axes else maps
