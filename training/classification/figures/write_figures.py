"""Figures of the results of a classifier, as files."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from convzoo.common.output_file import make_folder, renamed
from convzoo.common.types import PathLike
from convzoo.training.classification.figures.check_figures import check_figures

# matplotlib is an optional dependency, imported where figures are drawn.
if TYPE_CHECKING:
    from matplotlib.figure import Figure

_Results = TypeVar("_Results")


def write_figures(
    results: _Results,
    drawings: Mapping[str, Callable[["Figure", _Results], None]],
    folder: PathLike,
    overwrite: bool = False,
) -> list[Path]:
    """Draw figures, and write each into a file.

    Args:
        results: What is drawn.
        drawings: For each file name, a function of an empty figure and
            `results`.
        folder: Folder to write to. It is created if missing.
        overwrite: Whether to replace existing files.

    Returns:
        Paths of the files.

    Raises:
        ValueError: As in `check_figures`, or if the folder cannot be written.
    """
    check_figures(folder, list(drawings), overwrite)
    from matplotlib.figure import Figure

    folder = Path(folder)
    make_folder(folder)
    for name, draw in drawings.items():
        figure = Figure(layout="constrained")
        with warnings.catch_warnings(), renamed(folder / name) as temporary:
            # A script that the font lacks is shown as boxes.
            warnings.filterwarnings("ignore", "Glyph .* missing from font")
            draw(figure, results)
            figure.savefig(temporary, dpi=120)
    return [folder / name for name in drawings]
