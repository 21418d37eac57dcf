"""Enlarging image files."""

from collections.abc import Iterable
from pathlib import Path

from convzoo.common.types import PathLike
from convzoo.zoo.images.image_file import (
    SUFFIXES,
    ImageFile,
    check_writable,
    list_images,
    read_image,
    write_image,
)
from convzoo.zoo.super_resolution.sr_generator import SRGenerator
from convzoo.zoo.super_resolution.upscale import Progress


def plan_upscale(
    inputs: Iterable[PathLike], out: PathLike, scale: int
) -> list[tuple[Path, Path]]:
    """Say which file goes where, without touching any.

    Args:
        inputs: files and folders; of a folder, the images directly inside.
        out: a file, where `inputs` is one file and `out` has an image's
            suffix; otherwise a folder, in which `photo.png` becomes
            `photo_x4.png`.
        scale: factor of the model.

    Returns:
        A list of pairs of paths, source and target.

    Raises:
        ValueError: there is no input, a folder holds no image, or two inputs
            would become one output.
    """
    out = Path(out)
    paths = [Path(path) for path in inputs]
    if not paths:
        raise ValueError(f"`inputs` must not be empty. Received: {paths}")
    names_a_file = out.suffix.lower() in SUFFIXES and not out.is_dir()
    if names_a_file and len(paths) == 1 and not paths[0].is_dir():
        return [(paths[0], out)]
    sources: list[Path] = []
    for path in paths:
        sources.extend(list_images(path) if path.is_dir() else [path])
    plan: dict[Path, Path] = {}
    for source in sources:
        target = out / f"{source.stem}_x{scale}{source.suffix}"
        if target in plan:
            raise ValueError(
                f"{target}: both {plan[target]} and {source} would become this "
                "file; enlarge them into different folders"
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
    """Enlarge one image file; its depth, alpha and colour profile stay.

    Args:
        model: a model with `upscale`, such as `SRGenerator`.
        source: path of a PNG, JPEG, WebP or TIFF file.
        target: path to write; the folder it lies in is made.
        tile: as in `SRGenerator.upscale`.
        overwrite: replace a target that is there.
        progress: as in `SRGenerator.upscale`.
        ensemble: as in `SRGenerator.upscale`.

    Raises:
        ValueError: `source` cannot be read, `target` cannot be written, or the
            memory does not suffice.
    """
    target = Path(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"{target.parent}: cannot be made a folder ({error.strerror})"
        ) from error
    check_writable(target, overwrite)
    image = read_image(source)
    try:
        pixels = model.upscale(image.pixels, tile, progress, ensemble)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error
    write_image(target, ImageFile(pixels, image.icc_profile), overwrite)
