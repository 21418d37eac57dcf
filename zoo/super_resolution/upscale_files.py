"""Super-resolution of image files."""

import math
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from convzoo.common.checks import check_flag, check_positive
from convzoo.common.image_suffixes import check_written
from convzoo.common.inputs_kept import check_inputs_kept
from convzoo.common.output_file import check_absent, make_folder
from convzoo.common.result_limit import MAX_RESULT_PIXELS, check_result_size
from convzoo.common.turns import Turns
from convzoo.common.types import PathLike
from convzoo.zoo.images.reading.decode_image import decode_rows
from convzoo.zoo.images.reading.open_image import open_image
from convzoo.zoo.images.writing.disk_space import check_disk_space
from convzoo.zoo.images.writing.write_image import (
    check_format,
    check_quality,
    check_writable,
)
from convzoo.zoo.images.writing.write_strips import write_strips
from convzoo.zoo.super_resolution.enlargement import enlargement
from convzoo.zoo.super_resolution.named_errors import named_errors
from convzoo.zoo.super_resolution.result_size import Size
from convzoo.zoo.super_resolution.scaled_strips import scaled_strips
from convzoo.zoo.super_resolution.sr_generator import SRGenerator
from convzoo.zoo.super_resolution.upscale_memory import held_bytes
from convzoo.zoo.super_resolution.upscale_strips import Progress


def upscale_file(
    model: SRGenerator | Sequence[SRGenerator],
    source: PathLike,
    target: PathLike,
    tile: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    ensemble: bool = False,
    *,
    scale: float | None = None,
    to: Size | None = None,
    max_pixels: int = MAX_RESULT_PIXELS,
    quality: int | None = None,
    strip: bool = False,
    turns: Turns | None = None,
) -> Size:
    """Enlarge an image file.

    Depth, alpha, colour profile, pixels per inch and EXIF data are kept; XMP
    and IPTC data are not. In tiles, the file is decoded, enlarged and written
    in strips, so that neither the image nor the result is held in memory.

    With `scale` or `to`, the result may have any size: the networks whose
    scales have the least product that suffices run one after the other, and
    their output is reduced by bicubic interpolation with antialiasing. A result
    of the size of the image has its pixels, and one that is smaller is the
    reduced image, with a warning; no network runs for either.

    Args:
        model: An `SRGenerator`; or, with `scale` or `to`, several of different
            scales to choose from.
        source: Path of an image file, as `read_image` takes it.
        target: Path to write. Its folder is created if missing.
        tile: Side of square tiles, in input pixels. None processes the whole
            image at once where the memory suffices, and in tiles, with a
            warning, where it does not.
        overwrite: Whether to replace an existing target.
        progress: As in `SRGenerator.upscale`.
        ensemble: As in `SRGenerator.upscale`.
        scale: Factor from 1 to 8: a side of the result has
            `round(scale * side)` pixels. None for the scale of the model.
        to: Width and height of a box, in place of `scale`. The result is the
            largest with the aspect of the image that fits.
        max_pixels: Results with more pixels are refused before the work.
        quality: Quality of JPEG and WebP, from 1 to 100. None for 95.
        strip: Whether to leave out the EXIF data: date, camera, place, author.
        turns: Shared by threads that each enlarge a file.

    Returns:
        Height and width of the result.

    Raises:
        ValueError: If `source` cannot be read, `target` cannot be written or is
            the source, the result is too large, there is not enough memory or
            disk space, or an argument is invalid.
    """
    source, target = Path(source), Path(target)
    models = model if isinstance(model, Sequence) else [model]
    turns = turns or Turns()
    check_positive("max_pixels", max_pixels)
    check_flag("strip", strip)
    check_quality(quality)
    check_written(target)
    check_absent(target, overwrite)
    check_inputs_kept([target], [source])
    with open_image(source) as file:
        image = decode_rows(file, source, max_pixels)
        metadata = image.metadata
        if strip:
            metadata = metadata._replace(exif=None)
        height, width, channels = image.shape
        with named_errors(source):
            if tile is not None:
                check_positive("tile", tile)
            passes, size = enlargement(models, (height, width), scale, to)
        shape = *size, channels
        if size < (height, width):
            warnings.warn(
                f"{source}: is larger than the box, and is reduced from "
                f"{width}x{height} to {size[1]}x{size[0]} pixels",
                stacklevel=2,
            )
        check_result_size(source, *size, max_pixels)
        check_format(target, image.dtype, shape)
        # Before the work, which takes longer.
        make_folder(target.parent)
        check_writable(target, overwrite)
        result = math.prod(shape) * image.dtype.itemsize
        check_disk_space(target, source, image.size, result)
        held = held_bytes(image.shape, [each.scale for each in passes], tile)
        with turns.room(held):
            if tile is None and held <= turns.nbytes:
                # While another thread computes.
                image.load()
            strips = scaled_strips(
                passes,
                image.rows,
                image.shape,
                size,
                image.dtype,
                tile,
                progress,
                ensemble,
                source,
            )
            write_strips(
                target,
                _with_named_errors(source, turns.each(strips)),
                shape,
                image.dtype,
                metadata,
                overwrite,
                quality,
                turns.check,
            )
    return size


def _with_named_errors(
    source: Path, strips: Iterator[np.ndarray]
) -> Iterator[np.ndarray]:
    with named_errors(source):
        yield from strips
