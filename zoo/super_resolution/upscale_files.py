"""Super-resolution of image files."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from convzoo.common.checks import check_flag, check_positive
from convzoo.common.image_suffixes import check_written
from convzoo.common.inputs_kept import check_inputs_kept
from convzoo.common.output_file import check_absent, make_folder
from convzoo.common.result_limit import MAX_RESULT_PIXELS
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
from convzoo.zoo.super_resolution.named_errors import named_errors
from convzoo.zoo.super_resolution.sr_generator import SRGenerator
from convzoo.zoo.super_resolution.upscale_strips import Progress

# Of a model without `scale`, whose only method is `upscale`.
_USUAL_SCALE = 4


def upscale_file(
    model: SRGenerator,
    source: PathLike,
    target: PathLike,
    tile: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    ensemble: bool = False,
    *,
    max_pixels: int = MAX_RESULT_PIXELS,
    quality: int | None = None,
    strip: bool = False,
) -> None:
    """Enlarge an image file.

    Depth, alpha, colour profile, pixels per inch and EXIF data are kept; XMP
    and IPTC data are not. With `tile`, the file is decoded, enlarged and
    written in strips, so that neither the image nor the result is held in
    memory.

    Args:
        model: An `SRGenerator`.
        source: Path of an image file, as `read_image` takes it.
        target: Path to write. Its folder is created if missing.
        tile: As in `SRGenerator.upscale`.
        overwrite: Whether to replace an existing target.
        progress: As in `SRGenerator.upscale`.
        ensemble: As in `SRGenerator.upscale`.
        max_pixels: Results with more pixels are refused before the work.
        quality: Quality of JPEG and WebP, from 1 to 100. None for 95.
        strip: Whether to leave out the EXIF data: date, camera, place, author.

    Raises:
        ValueError: If `source` cannot be read, `target` cannot be written or is
            the source, the result is too large, or there is not enough memory
            or disk space.
    """
    source, target = Path(source), Path(target)
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
        scale = getattr(model, "scale", _USUAL_SCALE)
        shape = height * scale, width * scale, channels
        _check_size(source, shape, max_pixels)
        check_format(target, image.dtype, shape)
        # Before the work, which takes longer.
        make_folder(target.parent)
        check_writable(target, overwrite)
        check_disk_space(target, source, image.size, image.size * scale**2)
        with named_errors(source):
            if tile is None:
                pixels = image.whole().pixels
                strips = iter([model.upscale(pixels, None, progress, ensemble)])
            else:
                strips = model.upscale_strips(
                    image.rows, image.shape, tile, progress, ensemble
                )
        write_strips(
            target,
            _with_named_errors(source, strips),
            shape,
            image.dtype,
            metadata,
            overwrite,
            quality,
        )


def _with_named_errors(
    source: Path, strips: Iterator[np.ndarray]
) -> Iterator[np.ndarray]:
    with named_errors(source):
        yield from strips


def _check_size(
    source: Path, shape: tuple[int, int, int], max_pixels: int
) -> None:
    height, width, _ = shape
    if height * width > max_pixels:
        raise ValueError(
            f"{source}: the result has {width}x{height} pixels, which is more "
            f"than `max_pixels`. Received: max_pixels={max_pixels}"
        )
