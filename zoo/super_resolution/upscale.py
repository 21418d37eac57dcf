"""Super-resolution of one image of any size, depth and number of channels."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from convzoo.common.checks import check_flag, check_positive
from convzoo.common.luma_weights import LUMA_WEIGHTS
from convzoo.common.types import Tensor
from convzoo.common.unit_range import unit_range
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.super_resolution.tiling import tile_spans

# Maps a batch of images to enlarged images.
Enlarge: TypeAlias = Callable[[np.ndarray], Tensor]
# Takes the number of finished tiles and the total number of tiles.
Progress: TypeAlias = Callable[[int, int], None]

_LUMA = np.array(LUMA_WEIGHTS, np.float32)
_INTEGERS = ("uint8", "uint16")
_FLOATS = ("float16", "float32", "float64")
# Radius of the bicubic kernel that enlarges alpha, in input pixels.
_ALPHA_RADIUS = 2


def upscale(
    enlarge: Enlarge,
    image: np.ndarray,
    scale: int,
    radius: int,
    tile: int | None = None,
    progress: Progress | None = None,
    ensemble: bool = False,
) -> np.ndarray:
    """Enlarge one image.

    Args:
        enlarge: Function that maps a float32 batch `(1, height, width, 3)`, RGB
            in [0, 1], to `(1, scale * height, scale * width, 3)`.
        image: Array `(height, width)` or `(height, width, channels)` of uint8,
            uint16 or floats in [0, 1]. One channel is grey, 2 are grey and
            alpha, 3 RGB, 4 RGB and alpha.
        scale: Upscaling factor of `enlarge`.
        radius: Radius of the receptive field, in input pixels.
        tile: Side of square tiles, in input pixels. None processes the whole
            image at once.
        progress: Function that is called after each tile with the number of
            finished tiles and the total number of tiles.
        ensemble: Whether to average over all rotations by 90 degrees and
            reflections.

    Returns:
        Array of the dtype and rank of `image`, `scale` times as large.

    Raises:
        ValueError: If `image`, `tile` or `ensemble` is invalid.
    """
    check_flag("ensemble", ensemble)
    if ensemble:
        enlarge = _ensemble(enlarge)
    pixels = _checked(image)
    height, width, channels = pixels.shape
    if tile is not None:
        check_positive("tile", tile)
    margin = max(radius, _ALPHA_RADIUS)
    result = np.empty((height * scale, width * scale, channels), pixels.dtype)
    tiles = [
        (y, x)
        for y in tile_spans(height, tile or height, margin)
        for x in tile_spans(width, tile or width, margin)
    ]
    for done, (y, x) in enumerate(tiles, start=1):
        window = pixels[y.first : y.last, x.first : x.last]
        result[
            scale * y.start : scale * y.stop, scale * x.start : scale * x.stop
        ] = _enlarge_window(enlarge, window, scale)[
            scale * (y.start - y.first) : scale * (y.stop - y.first),
            scale * (x.start - x.first) : scale * (x.stop - x.first),
        ]
        if progress is not None:
            progress(done, len(tiles))
    return result if np.ndim(image) == 3 else result[:, :, 0]


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
    is_integer = pixels.dtype.name in _INTEGERS
    scaled = unit_range(pixels) if is_integer else pixels.astype(np.float32)
    is_grey = pixels.shape[-1] < 3
    colour = scaled[..., :1] if is_grey else scaled[..., :3]
    rgb = np.broadcast_to(colour, (*colour.shape[:2], 3))
    enlarged = np.asarray(enlarge(np.expand_dims(rgb, 0)), np.float32)[0]
    if is_grey:
        enlarged = np.expand_dims(enlarged @ _LUMA, -1)
    if pixels.shape[-1] in (2, 4):
        height, width = (scale * n for n in pixels.shape[:2])
        alpha = resize_bicubic(scaled[..., -1:], height, width)
        enlarged = np.concatenate([enlarged, alpha], axis=-1)
    enlarged = np.clip(enlarged, 0, 1)
    if is_integer:
        enlarged = np.rint(enlarged * np.float32(np.iinfo(pixels.dtype).max))
    return enlarged.astype(pixels.dtype)


def _checked(image: np.ndarray) -> np.ndarray:
    """Return `image` with three axes, or raise a `ValueError`."""
    pixels = np.asarray(image)
    if pixels.dtype.name not in (*_INTEGERS, *_FLOATS):
        raise ValueError(
            "`image` must be uint8, uint16 or a float array. "
            f"Received: dtype={pixels.dtype}"
        )
    shape = pixels.shape
    if pixels.ndim == 2:
        pixels = np.expand_dims(pixels, -1)
    if pixels.ndim != 3 or not 1 <= pixels.shape[-1] <= 4:
        raise ValueError(
            "`image` must have shape (height, width) or (height, width, "
            f"channels) with 1 to 4 channels. Received: shape={shape}"
        )
    if pixels.size == 0:
        raise ValueError(f"`image` must not be empty. Received: shape={shape}")
    if pixels.dtype.name in _FLOATS:
        low, high = float(pixels.min()), float(pixels.max())
        if not (low >= 0 and high <= 1):
            raise ValueError(
                "A float `image` must lie in [0, 1]. "
                f"Received: values from {low} to {high}"
            )
    return pixels
