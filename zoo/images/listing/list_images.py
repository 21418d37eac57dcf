"""Image files of a folder that must have some."""

import os
from pathlib import Path

from convzoo.common.image_suffixes import READ
from convzoo.common.types import PathLike
from convzoo.zoo.images.listing.folder_images import first_names, folder_images
from convzoo.zoo.images.listing.visible_paths import visible_paths


def list_images(folder: PathLike) -> list[Path]:
    """Return the image files directly inside `folder`, sorted by name.

    Hidden files are ignored. A warning names images of formats that are not
    read, and what is no file but has the name of an image.

    Raises:
        ValueError: If `folder` is not a folder, or holds no image file.
    """
    folder = Path(folder)
    paths = folder_images(folder)
    if not paths:
        raise ValueError(
            f"{folder}: holds no image{_where(folder)} (supported: "
            f"{', '.join(READ)})"
        )
    return paths


def _where(folder: Path) -> str:
    """Name the subfolders, in which the images may be."""
    found = [path for path in visible_paths(folder) if os.path.isdir(path)]
    return f", only folders: {first_names(found)}" if found else ""
