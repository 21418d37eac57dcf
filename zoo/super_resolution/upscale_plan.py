"""Which image file becomes which."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from convzoo.common.image_target import ImageFormat, image_target
from convzoo.common.inputs_kept import check_inputs_kept
from convzoo.common.types import PathLike
from convzoo.zoo.images.listing.list_images import list_images
from convzoo.zoo.images.listing.list_tree import list_tree
from convzoo.zoo.images.planned_targets import planned_targets
from convzoo.zoo.super_resolution.result_size import Size


def plan_upscale(
    inputs: Iterable[PathLike],
    out: PathLike,
    scale: float,
    to: Size | None = None,
    *,
    recursive: bool = False,
    format: ImageFormat | None = None,
    skip_existing: bool = False,
) -> list[tuple[Path, Path]]:
    """Return the files to read and write, without touching any.

    Args:
        inputs: Files and folders. A folder stands for the images directly
            inside it.
        out: A file, if `inputs` is a single file and `out` has a suffix and is
            no folder; otherwise a folder, in which `photo.png` becomes
            `photo_x4.png`.
        scale: Upscaling factor, the end of the names.
        to: Width and height of a box, which is the end of the names instead:
            `photo_3840x2160.png`.
        recursive: Whether a folder stands for the images in its subfolders,
            too. The subfolders are made in `out`, which itself is left out.
        format: Format of the results. None keeps that of each file, and writes
            PNG where it is not written.
        skip_existing: Whether an input that is the target of another one is a
            result of an earlier call, and is left out.

    Returns:
        List of pairs of paths: source and target.

    Raises:
        ValueError: If there is no input, a folder holds no image, `out` names a
            file for several inputs or one that is not written, two inputs have
            the same target, or a target is one of the inputs.
    """
    out = Path(out)
    paths = [Path(path) for path in inputs]
    if not paths:
        raise ValueError(f"`inputs` must not be empty. Received: {paths}")
    target = image_target(paths, out, format)
    if target is not None:
        check_inputs_kept([target], paths)
        return [(paths[0], target)]
    mark = f"x{scale:g}" if to is None else f"{to[0]}x{to[1]}"
    plan = planned_targets(_sources(paths, out, recursive), mark, format)
    if skip_existing:
        plan = {t: s for t, s in plan.items() if s not in plan}
    check_inputs_kept(plan, plan.values())
    return [(source, target) for target, source in plan.items()]


def _sources(
    paths: Iterable[Path], out: Path, recursive: bool
) -> Iterator[tuple[Path, Path]]:
    """Each file to read, and the folder to write to."""
    for path in paths:
        if not os.path.isdir(path):
            yield path, out
        elif recursive:
            for source in list_tree(path, out):
                yield source, out / source.parent.relative_to(path)
        else:
            for source in list_images(path):
                yield source, out
