"""Super-resolution of image files."""

from collections.abc import Iterable
from pathlib import Path

from convzoo.common.types import PathLike
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.image_formats import SUFFIXES
from convzoo.zoo.images.list_images import list_images
from convzoo.zoo.images.read_image import read_image
from convzoo.zoo.images.write_image import (
    check_format,
    check_writable,
    write_image,
)
from convzoo.zoo.super_resolution.sr_generator import SRGenerator
from convzoo.zoo.super_resolution.upscale import Progress


def plan_upscale(
    inputs: Iterable[PathLike], out: PathLike, scale: int
) -> list[tuple[Path, Path]]:
    """Return the files to read and write, without touching any.

    Args:
        inputs: Files and folders. A folder stands for the images directly
            inside it.
        out: A file, if `inputs` is a single file and `out` has a suffix and is
            no folder; otherwise a folder, in which `photo.png` becomes
            `photo_x4.png`.
        scale: Upscaling factor of the model.

    Returns:
        List of pairs of paths: source and target.

    Raises:
        ValueError: If there is no input, a folder holds no image, `out` names a
            file for several inputs, or two inputs have the same target.
    """
    out = Path(out)
    paths = [Path(path) for path in inputs]
    if not paths:
        raise ValueError(f"`inputs` must not be empty. Received: {paths}")
    names_a_file = bool(out.suffix) and not out.is_dir()
    if names_a_file and len(paths) == 1 and not paths[0].is_dir():
        return [(paths[0], out)]
    if out.suffix.lower() in SUFFIXES and not out.is_dir():
        raise ValueError(
            f"{out}: names a file, but the inputs are several; name a folder"
        )
    sources: list[Path] = []
    for path in paths:
        sources.extend(list_images(path) if path.is_dir() else [path])
    plan: dict[Path, Path] = {}
    for source in sources:
        target = out / f"{source.stem}_x{scale}{source.suffix}"
        if target in plan:
            raise ValueError(
                f"{target}: both {plan[target]} and {source} would be written "
                "to this file; choose different output folders"
            )
        plan[target] = source
    return [(source, target) for target, source in plan.items()]


def upscale_file(
    model: SRGenerator,
    source: PathLike,
    target: PathLike,
    tile: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    ensemble: bool = False,
) -> None:
    """Enlarge an image file, keeping its depth, alpha and colour profile.

    Args:
        model: An `SRGenerator`.
        source: Path of a PNG, JPEG, WebP or TIFF file.
        target: Path to write. Its folder is created if missing.
        tile: As in `SRGenerator.upscale`.
        overwrite: Whether to replace an existing target.
        progress: As in `SRGenerator.upscale`.
        ensemble: As in `SRGenerator.upscale`.

    Raises:
        ValueError: If `source` cannot be read, `target` cannot be written, or
            there is not enough memory.
    """
    target = Path(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"{target.parent}: cannot be created ({error.strerror})"
        ) from error
    # Before the work, which takes longer.
    check_writable(target, overwrite)
    image = read_image(source)
    height, width, channels = image.pixels.shape
    enlarged = height * model.scale, width * model.scale, channels
    check_format(target, image.pixels.dtype, enlarged)
    try:
        pixels = model.upscale(image.pixels, tile, progress, ensemble)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error
    write_image(target, ImageFile(pixels, image.icc_profile), overwrite)
