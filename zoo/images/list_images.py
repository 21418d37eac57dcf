"""Image files of a folder."""

from pathlib import Path

from convzoo.common.types import PathLike
from convzoo.zoo.images.image_formats import SUFFIXES


def list_images(folder: PathLike) -> list[Path]:
    """Return the image files directly inside `folder`, sorted by name.

    Raises:
        ValueError: If `folder` is not a folder, or holds no image file.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"{folder}: is not a folder")
    try:
        files = list(folder.iterdir())
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be read ({error.strerror})"
        ) from error
    paths = sorted(p for p in files if p.suffix.lower() in SUFFIXES)
    if not paths:
        raise ValueError(
            f"{folder}: holds no image (supported: {', '.join(SUFFIXES)})"
        )
    return paths
