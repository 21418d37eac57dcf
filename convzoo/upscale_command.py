"""`convzoo upscale`: image files, enlarged."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from convzoo.common.checks import check_fraction, check_positive
from convzoo.options import (
    DEFAULT_PRESET,
    FAITHFUL_PRESET,
    PRESET_HELP,
    WHOLE,
    Ensemble,
    Out,
    Overwrite,
    check_preset,
    check_there,
    progress_bars,
)
from convzoo.presets import perceptual_partner

if TYPE_CHECKING:
    from rich.progress import TaskID

    from convzoo.zoo import SRGenerator


def upscale(
    inputs: list[Path],
    /,
    *,
    out: Out,
    preset: Annotated[
        str | None,
        Parameter(
            help=f"{PRESET_HELP} The default is {DEFAULT_PRESET}, and "
            f"{FAITHFUL_PRESET} with --perceptual."
        ),
    ] = None,
    tile: Annotated[int | None, WHOLE] = None,
    perceptual: float | None = None,
    ensemble: Ensemble = False,
    overwrite: Overwrite = False,
) -> list[Exception]:
    """Upscale photographs.

    Args:
        inputs: Image files, or folders of images.
        out: File to write for one image, otherwise a folder.
        tile: Side of the tiles to work in, in pixels. Bounds the memory and
            does not change the result.
        perceptual: Blend from 0 (faithful) to 1 (perceptually sharp).
    """
    check_there(inputs)
    if tile is not None:
        check_positive("tile", tile)
    if perceptual is not None:
        check_fraction("perceptual", perceptual)
        preset = preset or FAITHFUL_PRESET
        perceptual_partner(preset)
    preset = preset or DEFAULT_PRESET
    check_preset(preset, "SRGenerator", "upscale")
    from convzoo.zoo.super_resolution.upscale_files import (
        plan_upscale,
        upscale_file,
    )

    model = _model(preset, perceptual)
    plan = plan_upscale(inputs, out, model.scale)
    failures: list[Exception] = []
    with progress_bars() as progress:
        files = progress.add_task("files", total=len(plan))
        for source, target in plan:
            tiles = progress.add_task(source.name, total=None)

            def report(done: int, total: int, tiles: "TaskID" = tiles) -> None:
                progress.update(tiles, completed=done, total=total)

            try:
                upscale_file(
                    model, source, target, tile, overwrite, report, ensemble
                )
            except ValueError as error:
                if len(plan) == 1:
                    raise
                failures.append(error)
            else:
                print(target)
            progress.remove_task(tiles)
            progress.advance(files)
    return failures


def _model(preset: str, perceptual: float | None) -> "SRGenerator":
    from convzoo.zoo import SRGenerator

    if perceptual is None:
        return SRGenerator.from_preset(preset)
    return SRGenerator.blend(preset, perceptual_partner(preset), perceptual)
