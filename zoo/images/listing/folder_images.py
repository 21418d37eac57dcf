"""Image files of a folder, and what is left out."""

import os
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path

from convzoo.common.first_of import first_of
from convzoo.common.image_suffixes import NOT_READ, READ
from convzoo.common.types import PathLike
from convzoo.zoo.images.listing.visible_paths import visible_paths

# Names in one line.
_NAMED = 3


def folder_images(folder: PathLike) -> list[Path]:
    """Return the image files directly inside `folder`, sorted by name.

    Hidden files are ignored. A warning names images of formats that are not
    read, and what is no file but has the name of an image.

    Raises:
        ValueError: If `folder` is not a folder, or cannot be read.
    """
    paths = visible_paths(folder)
    images = [path for path in paths if _ends_with(path, READ)]
    files = [path for path in images if os.path.isfile(path)]
    left_out = [path for path in images if not os.path.isfile(path)]
    left_out += [path for path in paths if _ends_with(path, NOT_READ)]
    if left_out:
        warnings.warn(
            f"{folder}: {len(left_out)} left out: {first_names(left_out)}; "
            f"only files are read whose names end with "
            f"{', '.join(READ)}",
            stacklevel=2,
        )
    return files


def first_names(paths: Sequence[Path]) -> str:
    """Return the first names of some paths, for one line."""
    return first_of([path.name for path in paths], _NAMED)


def _ends_with(path: Path, suffixes: Collection[str]) -> bool:
    return path.suffix.lower() in suffixes
