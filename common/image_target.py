"""The image file that a command is asked to write."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from convzoo.common.image_suffixes import check_written, names_an_image

ImageFormat = Literal["jpeg", "jpg", "png", "tif", "tiff", "webp"]
_SAME = {"jpeg": "jpg", "tiff": "tif"}


def image_target(
    inputs: Sequence[Path], out: Path, format: ImageFormat | None = None
) -> Path | None:
    """Return `out` if it names a file, and None if it is a folder.

    Args:
        inputs: Files and folders.
        out: A file, if `inputs` is a single file and `out` has a suffix and is
            no folder; otherwise a folder.
        format: Format of the file, if it is asked for.

    Raises:
        ValueError: If `out` is a file and `inputs` are several, its format is
            not written, or is another than `format`.
    """
    if os.path.isdir(out):
        return None
    if len(inputs) == 1 and not os.path.isdir(inputs[0]) and out.suffix:
        check_written(out)
        suffix = out.suffix.lower()[1:]
        if format and _SAME.get(suffix, suffix) != _SAME.get(format, format):
            raise ValueError(
                f"{out}: is no {format} file, as `format` asks for. "
                f"Received: format={format!r}"
            )
        return out
    if os.path.isfile(out):
        raise ValueError(f"{out}: is a file; name a folder")
    if names_an_image(out):
        raise ValueError(
            f"{out}: names a file, but the inputs are several; name a folder"
        )
    return None
