"""Whether figures can be written, checked before the work."""

from collections.abc import Sequence
from pathlib import Path

from convzoo.common.output_file import check_absent
from convzoo.common.types import PathLike


def check_figures(
    folder: PathLike, names: Sequence[str], overwrite: bool = False
) -> None:
    """Check early that figures can be written into a folder.

    Args:
        folder: The folder. It need not exist.
        names: Names of the files.
        overwrite: Whether existing files may be replaced.

    Raises:
        ValueError: If matplotlib is missing, `folder` is a file, or a file
            exists and `overwrite` is False.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise ValueError(
            "plots need the package matplotlib; pip install convzoo[plots]"
        ) from error
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder}: is a file; name a folder")
    for name in names:
        check_absent(folder / name, overwrite)
