"""Files to write of several files that are read."""

from collections.abc import Iterable
from pathlib import Path

from convzoo.common.image_suffixes import WRITTEN
from convzoo.common.image_target import ImageFormat


def planned_targets(
    sources: Iterable[tuple[Path, Path]],
    mark: str,
    format: ImageFormat | None = None,
) -> dict[Path, Path]:
    """Return the source of each target, without touching any file.

    Args:
        sources: Pairs of a file to read and the folder to write to.
        mark: End of the name of a target, before its suffix: `photo.png`
            becomes `photo_MARK.png`.
        format: Format of the targets. None keeps that of each file, and is PNG
            where it is not written.

    Raises:
        ValueError: If two sources have the same target.
    """
    plan: dict[Path, Path] = {}
    for source, folder in sources:
        suffix = f".{format}" if format else source.suffix
        if suffix.lower() not in WRITTEN:
            suffix = ".png"
        target = folder / f"{source.stem}_{mark}{suffix}"
        if target in plan:
            raise ValueError(
                f"{target}: both {plan[target]} and {source} would be written "
                "to this file; rename one, or call twice with different folders"
            )
        plan[target] = source
    return plan
