"""Files and folders that a user sees in a folder."""

import os
from pathlib import Path

from convzoo.common.output_file import cause_of
from convzoo.common.types import PathLike
from convzoo.zoo.images.listing.hidden_name import is_hidden


def visible_paths(folder: PathLike) -> list[Path]:
    """Return what is directly inside `folder`, sorted, but for hidden names.

    Raises:
        ValueError: If `folder` is not a folder, or cannot be read.
    """
    folder = Path(folder)
    if not os.path.isdir(folder):
        raise ValueError(f"{folder}: is not a folder")
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be read ({cause_of(error)})"
        ) from error
    return [folder / name for name in names if not is_hidden(name)]
