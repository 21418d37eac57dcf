"""Super-resolution of one image, a strip of tiles after the other."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from convzoo.common.checks import check_flag, check_positive
from convzoo.common.luma_weights import LUMA_WEIGHTS
from convzoo.common.types import Tensor
from convzoo.zoo.images.as_unit import as_unit
from convzoo.zoo.images.at_depth import at_depth
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.super_resolution.tiling import Span, tile_spans
from convzoo.zoo.super_resolution.visible_colours import (
    REACH,
    without_hidden_colours,
)

# Maps a batch of images to enlarged images.
Enlarge: TypeAlias = Callable[[np.ndarray], Tensor]
# Takes the number of finished tiles and the total number of tiles.
Progress: TypeAlias = Callable[[int, int], None]
# Returns the rows `[first, last)` of an image; neither ever decreases.
Rows: TypeAlias = Callable[[int, int], np.ndarray]

_LUMA = np.array(LUMA_WEIGHTS, np.float32)
# Radius of the bicubic kernel that enlarges alpha, in input pixels.
_ALPHA_RADIUS = 2


def upscale_strips(
    enlarge: Enlarge,
    rows: Rows,
    shape: tuple[int, int, int],
    scale: int,
    radius: int,
    tile: int | None = None,
    progress: Progress | None = None,
    ensemble: bool = False,
) -> Iterator[np.ndarray]:
    """Enlarge one image, a strip of tiles after the other.

    Args:
        enlarge: Function that maps a float32 batch `(1, height, width, 3)`, RGB
            in [0, 1], to `(1, scale * height, scale * width, 3)`.
        rows: Function that returns the rows `[first, last)` of the image as an
            array `(last - first, width, channels)`. From call to call, `first`
            and `last` never decrease.
        shape: Height, width and channels of the image.
        scale: Upscaling factor of `enlarge`.
        radius: Radius of the receptive field, in input pixels.
        tile: Side of square tiles, in input pixels. None processes the whole
            image at once.
        progress: Function that is called after each tile with the number of
            finished tiles and the total number of tiles.
        ensemble: Whether to average over all rotations by 90 degrees and
            reflections.

    Returns:
        Iterator over the strips of the result, from the top.

    Raises:
        ValueError: If `tile` or `ensemble` is invalid.
    """
    check_flag("ensemble", ensemble)
    if tile is not None:
        check_positive("tile", tile)
    if ensemble:
        enlarge = _ensemble(enlarge)
    height, width, channels = shape
    margin = max(radius, _ALPHA_RADIUS)
    vertical = tile_spans(height, tile or height, margin)
    horizontal = tile_spans(width, tile or width, margin)
    return _strips(enlarge, rows, shape, scale, vertical, horizontal, progress)


def _strips(
    enlarge: Enlarge,
    rows: Rows,
    shape: tuple[int, int, int],
    scale: int,
    vertical: list[Span],
    horizontal: list[Span],
    progress: Progress | None,
) -> Iterator[np.ndarray]:
    height, width, channels = shape
    reach = REACH if channels in (2, 4) else 0
    done = 0
    for y in vertical:
        top = max(y.first - reach, 0)
        band = rows(top, min(y.last + reach, height))
        strip = np.empty(
            (scale * (y.stop - y.start), scale * width, channels), band.dtype
        )
        for x in horizontal:
            left = max(x.first - reach, 0)
            window = as_unit(band[:, left : min(x.last + reach, width)])
            window = without_hidden_colours(window)[
                y.first - top : y.last - top, x.first - left : x.last - left
            ]
            strip[:, scale * x.start : scale * x.stop] = at_depth(
                _enlarge_window(enlarge, window, scale)[
                    scale * (y.start - y.first) : scale * (y.stop - y.first),
                    scale * (x.start - x.first) : scale * (x.stop - x.first),
                ],
                band.dtype,
            )
            done += 1
            if progress is not None:
                progress(done, len(vertical) * len(horizontal))
        yield strip
        # Freed before the next one is made.
        del strip


def _ensemble(enlarge: Enlarge) -> Enlarge:
    """`enlarge`, averaged over the eight rotations and reflections.

    Timofte, Rothe and Van Gool 2016, Seven Ways to Improve Example-based Single
    Image Super Resolution, https://arxiv.org/abs/1511.02228.
    """

    def enlarged(batch: np.ndarray) -> Tensor:
        total: float | np.ndarray = 0.0
        for turns in range(4):
            for mirrored in (False, True):
                turned = np.rot90(batch, turns, (1, 2))
                turned = turned[:, :, ::-1] if mirrored else turned
                result = np.asarray(enlarge(np.ascontiguousarray(turned)))
                result = result[:, :, ::-1] if mirrored else result
                total = total + np.rot90(result, -turns, (1, 2)) / 8
        return total

    return enlarged


def _enlarge_window(
    enlarge: Enlarge, pixels: np.ndarray, scale: int
) -> np.ndarray:
    is_grey = pixels.shape[-1] < 3
    colour = pixels[..., :1] if is_grey else pixels[..., :3]
    rgb = np.broadcast_to(colour, (*colour.shape[:2], 3))
    enlarged = np.asarray(enlarge(np.expand_dims(rgb, 0)), np.float32)[0]
    if is_grey:
        enlarged = np.expand_dims(enlarged @ _LUMA, -1)
    if pixels.shape[-1] in (2, 4):
        height, width = (scale * n for n in pixels.shape[:2])
        alpha = resize_bicubic(pixels[..., -1:], height, width)
        enlarged = np.concatenate([enlarged, alpha], axis=-1)
    return np.clip(enlarged, 0, 1)
