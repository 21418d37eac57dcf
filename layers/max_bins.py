"""Maxima in the bins of a pyramid, for maps of any size.

Maps are channels last. Bins are rectangles, so rows are pooled first, then
columns. The levels of a pyramid share one grid, cut wherever a level is cut:
the bins of each level are unions of its cells, so that the map is read once.

The gradient of a cell goes to the first of its equal pixels: to the first
column that has one, and to the first row in it. Equal cells of a bin share its
gradient. Automatic differentiation would write the whole map for each bin, and
takes ten times as long.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from keras import ops

from convzoo.common.types import Shape, Tensor

Level: TypeAlias = tuple[int, int]
# Larger than every index.
_NONE = 2**31 - 1


class _Cell(NamedTuple):
    """Start and end (exclusive) along an axis.

    Numbers, or vectors with an entry for each map.
    """

    start: int | Tensor
    end: int | Tensor

    @property
    def differs(self) -> bool:
        """Whether maps have different bounds."""
        return len(getattr(self.start, "shape", ())) == 1


def max_bins(
    inputs: Tensor, levels: Sequence[Level], sizes: Tensor | None = None
) -> Tensor:
    """Compute the maximum of each bin of all levels.

    Args:
        inputs: Maps, `(batch, height, width, channels)`.
        levels: Numbers of bins of each level, (rows, columns).
        sizes: Valid rows and columns of each map, integers `(batch, 2)`. None
            if all pixels are valid.

    Returns:
        Maxima, `(batch, bins, channels)`, level by level.
    """
    cuts = [_cuts(counts) for counts in zip(*levels, strict=True)]
    cells = _cell_maxima(inputs, cuts, sizes)
    return ops.concatenate(
        [_unions(cells, level, cuts) for level in levels], axis=1
    )


def _cuts(counts: Sequence[int]) -> list[Fraction]:
    """Bounds of the bins of all levels along an axis of length 1."""
    return sorted({Fraction(i, n) for n in counts for i in range(n + 1)})


def _unions(
    cells: Tensor, level: Level, cuts: Sequence[list[Fraction]]
) -> Tensor:
    """Maxima of one level, `(batch, rows * columns, channels)`."""
    for axis, count in enumerate(level, start=1):
        known = cuts[axis - 1]
        bounds = [known.index(Fraction(i, count)) for i in range(count + 1)]
        if len(bounds) < len(known):
            cells = _pooled(cells, axis, list(map(_Cell, bounds, bounds[1:])))
    return ops.reshape(cells, (-1, level[0] * level[1], cells.shape[-1]))


def _cell_maxima(
    inputs: Tensor, cuts: Sequence[list[Fraction]], sizes: Tensor | None
) -> Tensor:
    """Maximum of each cell, `(batch, rows, columns, channels)`."""

    def maxima(inputs: Tensor) -> tuple[Tensor, Callable[..., Tensor]]:
        rows, columns = (
            _cells(inputs, axis, cuts[axis - 1], sizes) for axis in (1, 2)
        )
        in_rows = _pooled(inputs, 1, rows)
        largest = _pooled(in_rows, 2, columns)

        # A cell of half the map can have one row more than half of it.
        tallest = max(b - a for a, b in zip(cuts[0], cuts[0][1:], strict=False))
        height = ops.shape(inputs)[1]
        most = tallest.numerator * height // tallest.denominator + 2

        def gradient(*upstreams: Tensor, upstream: Tensor = None) -> Tensor:
            if upstream is None:
                (upstream,) = upstreams
            winners = _winners(inputs, in_rows, largest, rows, columns, most)
            batch, height, width, channels = ops.shape(inputs)
            flat = ops.segment_sum(
                ops.reshape(upstream, (-1,)),
                ops.reshape(winners, (-1,)),
                batch * height * width * channels,
            )
            return ops.reshape(flat, (batch, height, width, channels))

        return largest, gradient

    return ops.custom_gradient(maxima)(inputs)


def _cells(
    inputs: Tensor, axis: int, cuts: list[Fraction], sizes: Tensor | None
) -> list[_Cell]:
    length = ops.shape(inputs)[axis] if sizes is None else sizes[:, axis - 1]
    return [
        _Cell(
            start.numerator * length // start.denominator,
            (end.numerator * length + end.denominator - 1) // end.denominator,
        )
        for start, end in zip(cuts, cuts[1:], strict=False)
    ]


def _pooled(inputs: Tensor, axis: int, cells: Sequence[_Cell]) -> Tensor:
    return ops.stack(
        [ops.max(_part(inputs, axis, cell), axis=axis) for cell in cells],
        axis=axis,
    )


def _part(inputs: Tensor, axis: int, cell: _Cell) -> Tensor:
    """The pixels of a cell, or all with -infinity outside of it."""
    if not cell.differs:
        if axis == 1:
            return inputs[:, cell.start : cell.end]
        return inputs[:, :, cell.start : cell.end]
    length = ops.shape(inputs)[axis]
    shape = (1, length, 1, 1) if axis == 1 else (1, 1, length, 1)
    index = ops.reshape(ops.arange(length, dtype="int32"), shape)
    inside = ops.logical_and(
        index >= ops.reshape(cell.start, (-1, 1, 1, 1)),
        index < ops.reshape(cell.end, (-1, 1, 1, 1)),
    )
    lowest = ops.full((), float("-inf"), dtype=inputs.dtype)
    return ops.where(inside, inputs, lowest)


def _winners(
    inputs: Tensor,
    in_rows: Tensor,
    largest: Tensor,
    rows: Sequence[_Cell],
    columns: Sequence[_Cell],
    most: int | Tensor,
) -> Tensor:
    """Indices of the largest pixels of all cells in the flattened maps.

    Args:
        inputs: Maps, `(batch, height, width, channels)`.
        in_rows: Their maxima in the rows of each cell.
        largest: Maximum of each cell.
        rows: Rows of the cells.
        columns: Columns of the cells.
        most: Number of rows that no cell exceeds.
    """
    batch, height, width, channels = ops.shape(inputs)
    column = ops.stack(
        [
            _first(_part(in_rows, 2, cell), largest[:, :, index], cell)
            for index, cell in enumerate(columns)
        ],
        axis=2,
    )
    column = ops.minimum(column, _ends(columns, (1, len(columns), 1)) - 1)
    # Only this column of a cell is searched; the last row fills up the others.
    offsets = ops.reshape(ops.arange(most, dtype="int32"), (-1, 1, 1))
    shape = (len(rows), 1, 1, 1)
    row = ops.minimum(_starts(rows, shape) + offsets, _ends(rows, shape) - 1)
    image = ops.reshape(ops.arange(batch, dtype="int32"), (-1, 1, 1, 1, 1))
    pixel = (image * height + row) * width + ops.expand_dims(column, 2)
    index = pixel * channels + ops.arange(channels, dtype="int32")
    values = ops.take(ops.reshape(inputs, (-1,)), index)
    is_largest = ops.equal(values, ops.expand_dims(largest, 2))
    first = ops.min(ops.where(is_largest, index, _NONE), axis=2)
    # NaN equals nothing.
    return ops.where(ops.equal(first, _NONE), index[:, :, 0], first)


def _first(values: Tensor, largest: Tensor, cell: _Cell) -> Tensor:
    """First column of a cell in which each row has its largest value."""
    width = ops.shape(values)[2]
    column = ops.reshape(ops.arange(width, dtype="int32"), (1, 1, -1, 1))
    is_largest = ops.equal(values, ops.expand_dims(largest, 2))
    first = ops.min(ops.where(is_largest, column, _NONE), axis=2)
    first = ops.minimum(first, width - 1)
    return first if cell.differs else first + cell.start


def _starts(cells: Sequence[_Cell], shape: Shape) -> Tensor:
    return _stacked([cell.start for cell in cells], shape)


def _ends(cells: Sequence[_Cell], shape: Shape) -> Tensor:
    return _stacked([cell.end for cell in cells], shape)


def _stacked(bounds: Sequence[int | Tensor], shape: Shape) -> Tensor:
    """Stack bounds, with a leading axis of maps, or of 1."""
    vectors = [ops.cast(ops.reshape(bound, (-1,)), "int32") for bound in bounds]
    return ops.reshape(ops.stack(vectors, axis=1), (-1, *shape))
