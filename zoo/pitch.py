"""The map that a predictor makes of a pitch."""

import math

# What the map shows beyond the lines, in metres.
_MARGIN = 3.0


def map_of(pitch, cell):
    """Rows and columns, both even, and the lengths along x and y."""
    columns, rows = (
        2 * math.ceil((length + 2 * _MARGIN) / (2 * cell)) for length in pitch
    )
    return (rows, columns), (columns * cell, rows * cell)
