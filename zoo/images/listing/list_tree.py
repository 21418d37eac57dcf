"""Image files of a folder and of its subfolders."""

import os
import warnings
from pathlib import Path

from convzoo.common.inputs_kept import is_same_file
from convzoo.common.output_file import cause_of
from convzoo.common.types import PathLike
from convzoo.zoo.images.listing.folder_images import folder_images
from convzoo.zoo.images.listing.hidden_name import is_hidden


def list_tree(folder: PathLike, except_in: PathLike) -> list[Path]:
    """Return the image files in `folder` and below, sorted by folder.

    Hidden folders and links to folders are left out.

    Args:
        folder: A folder.
        except_in: A folder that is left out, such as that of the results.

    Raises:
        ValueError: If there is no image.
    """
    found: list[Path] = []
    for parent, folders, _ in os.walk(folder, onerror=_warn):
        folders[:] = sorted(
            name
            for name in folders
            if not is_hidden(name)
            and not is_same_file(os.path.join(parent, name), except_in)
        )
        try:
            found += folder_images(parent)
        except ValueError as error:
            # The other folders are read.
            warnings.warn(str(error), stacklevel=2)
    if not found:
        raise ValueError(f"{folder}: holds no image, nor do its folders")
    return found


def _warn(error: OSError) -> None:
    """Name a folder that cannot be read, and go on."""
    warnings.warn(
        f"{error.filename}: cannot be read ({cause_of(error)})", stacklevel=3
    )
