"""An image enlarged by any factor, a strip after the other."""

import functools
import itertools
import math
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from convzoo.zoo.images.as_unit import as_unit
from convzoo.zoo.images.at_depth import at_depth
from convzoo.zoo.images.reduced_strips import reduced_strips
from convzoo.zoo.images.strip_rows import StripRows
from convzoo.zoo.super_resolution.result_size import Size
from convzoo.zoo.super_resolution.upscale_memory import fitting_tile
from convzoo.zoo.super_resolution.upscale_strips import Progress, Rows
from convzoo.zoo.super_resolution.visible_colours import (
    REACH,
    without_hidden_colours,
)

if TYPE_CHECKING:
    from convzoo.zoo.super_resolution.sr_generator import SRGenerator

Shape = tuple[int, int, int]
# Rows that are passed on at once where nothing is computed.
_ROWS = 64


def scaled_strips(
    models: Sequence["SRGenerator"],
    rows: Rows,
    shape: Shape,
    size: Size,
    dtype: np.dtype,
    tile: int | None = None,
    progress: Progress | None = None,
    ensemble: bool = False,
    name: object = "image",
) -> Iterator[np.ndarray]:
    """Enlarge an image by several networks, and reduce it to a size.

    Between the networks and the reduction, the image is float32.

    Args:
        models: The networks, in their order, as `enlargement` returns them.
        rows: As in `upscale_strips`.
        shape: Height, width and channels of the image.
        size: Height and width of the result.
        dtype: Type of the image and of the result.
        tile: Side of square tiles, in pixels of the input of each network. None
            processes the image at once where the memory suffices, and in tiles
            of 256, 128 or 64 pixels, with a warning, where it does not.
        progress: As in `upscale_strips`. The tiles of all networks count.
        ensemble: As in `upscale_strips`.
        name: Name of the image in the warning.

    Returns:
        Iterator over the strips of the result, from the top.

    Raises:
        ValueError: `tile` or `ensemble` is invalid, or the memory does not
            suffice.
    """
    shapes = [shape]
    for model in models:
        height, width, channels = shapes[-1]
        shapes.append((height * model.scale, width * model.scale, channels))
    is_reduced = shapes[-1][:2] != size
    steps = [*zip(models, shapes, strict=False)]
    if tile is None:
        tiles = [_fitting(model, each, name) for model, each in steps]
    else:
        tiles = [tile for _ in models]
    report = _counter(progress, shapes, tiles)
    # One network alone, or none, yields the type of the image itself.
    is_float = is_reduced or len(models) > 1
    if is_float:
        rows = _visible(rows, shape) if not models else _as_units(rows)
    strips = _parts(rows, shape[0])
    for (model, each), side in zip(steps, tiles, strict=True):
        strips = model.upscale_strips(rows, each, side, report, ensemble)
        rows = StripRows(strips).rows
    if is_reduced:
        strips = reduced_strips(rows, shapes[-1], size)
    if is_float:
        # `map` holds no strip while the next one is computed.
        strips = map(functools.partial(at_depth, dtype=dtype), strips)
    yield from strips


def _fitting(model: "SRGenerator", shape: Shape, name: object) -> int:
    tile = fitting_tile(
        model.bytes_per_pixel, model.scale, model.receptive_radius, shape
    )
    height, width, _ = shape
    if tile < max(height, width):
        warnings.warn(
            f"{name}: {width}x{height} pixels at once need more memory than is "
            f"free, and are enlarged in tiles of {tile}",
            stacklevel=2,
        )
    return tile


def _counter(
    progress: Progress | None, shapes: Sequence[Shape], tiles: Sequence[int]
) -> Progress | None:
    """One count of the tiles of all networks."""
    if progress is None:
        return None
    total = sum(
        math.ceil(height / tile) * math.ceil(width / tile)
        for (height, width, _), tile in zip(shapes, tiles, strict=False)
    )
    done = itertools.count(1)
    return lambda *_: progress(next(done), total)


def _parts(rows: Rows, height: int) -> Iterator[np.ndarray]:
    for row in range(0, height, _ROWS):
        yield rows(row, min(row + _ROWS, height))


def _as_units(rows: Rows) -> Rows:
    return lambda first, last: as_unit(rows(first, last))


def _visible(rows: Rows, shape: Shape) -> Rows:
    """Rows without hidden colours, which a reduction would mix into others."""
    height, _, channels = shape
    reach = REACH if channels in (2, 4) else 0

    def visible(first: int, last: int) -> np.ndarray:
        top = max(first - reach, 0)
        band = as_unit(rows(top, min(last + reach, height)))
        return without_hidden_colours(band)[first - top : last - top]

    return visible
