"""`convzoo upscale`: image files, enlarged."""

import functools
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from convzoo.common.checks import check_positive
from convzoo.common.image_target import ImageFormat
from convzoo.common.result_limit import MAX_RESULT_PIXELS
from convzoo.common.without_jax import without_jax
from convzoo.options import (
    BOX,
    DEFAULT_PRESET,
    FAITHFUL_PRESET,
    PRESET_HELP,
    WHOLE,
    Ensemble,
    Out,
    Overwrite,
)
from convzoo.standard_streams import STREAM, stored_streams
from convzoo.upscale_batch import upscale_batch, without_existing
from convzoo.upscale_checks import (
    check_inputs,
    check_is_image,
    check_output,
    check_quality,
)
from convzoo.upscale_models import chosen_presets, load_models


def upscale(
    inputs: list[Path],
    /,
    *,
    out: Out,
    preset: Annotated[
        str | None,
        Parameter(
            help=f"{PRESET_HELP} The default is {DEFAULT_PRESET}, and "
            f"{FAITHFUL_PRESET} with --perceptual; with --scale or --to, the "
            "preset of the nearest larger scale."
        ),
    ] = None,
    scale: float | None = None,
    to: Annotated[tuple[int, int] | None, BOX] = None,
    tile: Annotated[int | None, WHOLE] = None,
    perceptual: float | None = None,
    ensemble: Ensemble = False,
    recursive: bool = False,
    format: ImageFormat | None = None,
    quality: Annotated[int | None, WHOLE] = None,
    strip: bool = False,
    max_pixels: Annotated[int, WHOLE] = MAX_RESULT_PIXELS,
    skip_existing: bool = False,
    overwrite: Overwrite = False,
) -> list[Exception]:
    """Upscale photographs.

    Args:
        inputs: Image files, or folders of images; - is the standard input.
        out: File to write for one image, otherwise a folder; - is the standard
            output.
        scale: Any factor from 1 to 8. The network runs as often as it is
            needed, and its output is reduced to the size; 1 changes no pixel.
        to: Box to fit each image into, in its own aspect, in place of --scale.
            Larger images are reduced.
        tile: Side of the tiles to work in, in pixels. Bounds the memory and
            does not change the result. Chosen where the memory is short.
        perceptual: Blend from 0 (faithful) to 1 (perceptually sharp).
        recursive: Take the images in the subfolders, too, and make these in
            the folder of the results.
        format: Format of the results, instead of that of each image.
        quality: Quality of JPEG and WebP, from 1 to 100; 95 without it.
        strip: Leave out the EXIF data: date, camera, place, author.
        max_pixels: Results with more pixels are refused before the work.
        skip_existing: Leave out images whose result exists.
    """
    check_inputs(inputs, out)
    if tile is not None:
        check_positive("tile", tile)
    check_positive("max_pixels", max_pixels)
    target = check_output(inputs, out, format, overwrite, skip_existing)
    if target is not None:
        check_quality(quality, [target])
    presets = chosen_presets(preset, perceptual, scale, to)
    check_is_image(inputs)
    with without_jax():
        from convzoo.zoo.super_resolution.upscale_files import upscale_file
    from convzoo.zoo.super_resolution.upscale_plan import plan_upscale

    models = load_models(presets, perceptual)
    work = functools.partial(
        upscale_file,
        models,
        scale=scale,
        to=to,
        tile=tile,
        overwrite=overwrite,
        ensemble=ensemble,
        max_pixels=max_pixels,
        quality=quality,
        strip=strip,
    )
    with stored_streams(inputs, out, format) as (sources, place):
        plan = plan_upscale(
            sources,
            place,
            models[0].scale if scale is None else scale,
            to,
            recursive=recursive,
            format=format,
            skip_existing=skip_existing,
        )
        check_quality(quality, [target for _, target in plan])
        is_single = len(plan) == 1
        if skip_existing:
            plan = without_existing(plan)
        failures = upscale_batch(plan, work, quiet=out == STREAM)
        if failures and is_single:
            raise failures[0]
        return failures
