"""The pitch that a predictor knows, and the map that it makes of it."""

import math

from convzoo.layers.checks import check_above

# What the map shows beyond the lines, in metres.
_MARGIN = 3.0


def map_of(pitch, cell):
    """Rows and columns, both even, and the lengths along x and y."""
    columns, rows = (
        2 * math.ceil((length + 2 * _MARGIN) / (2 * cell)) for length in pitch
    )
    return (rows, columns), (columns * cell, rows * cell)


def check_pitch(pitch):
    if not isinstance(pitch, (tuple, list)) or len(pitch) != 2:
        raise ValueError(
            "`pitch` must be a length and a width, in metres. "
            f"Received: pitch={pitch!r}"
        )
    for index, length in enumerate(pitch):
        check_above(f"pitch[{index}]", length, 0)
