"""Tables of the quality of images, at most 80 columns wide."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from convzoo.plain import plain

if TYPE_CHECKING:
    from rich.table import Table

    from convzoo.training.super_resolution.evaluate_sr import (
        Comparison,
        Quality,
    )
    from convzoo.training.super_resolution.similarity import Similarity

# Title and decimals of each figure, in the order of the columns.
_FIGURES = {
    "psnr_y": ("PSNR Y", 2),
    "ssim_y": ("SSIM Y", 4),
    "psnr_rgb": ("PSNR RGB", 2),
    "ssim_rgb": ("SSIM RGB", 4),
    "ms_ssim": ("MS-SSIM", 4),
    "fsim": ("FSIM", 4),
    "perceptual": ("distance", 4),
}
_NAME = 22


def measured(quality: "Quality") -> list[str]:
    """Return the names of the figures that were measured, in their order."""
    figures = quality.figures()
    return [name for name in _FIGURES if name in figures]


def quality_table(comparisons: Sequence["Comparison"]) -> "Table":
    """One row per photograph, with the figures that were measured."""
    # Nine columns fit into the 80 characters of a terminal.
    table = _table()
    table.add_column("image")
    names = measured(comparisons[0].model)
    for name in names:
        title, _ = _FIGURES[name]
        table.add_column(f"{title}\nbicubic", justify="right")
        table.add_column(f"{title}\nmodel", justify="right")
    for row in comparisons:
        cells = [
            _cell(quality, name)
            for name in names
            for quality in (row.bicubic, row.model)
        ]
        table.add_row(plain(row.name), *cells)
    return table


def similarity_table(rows: Mapping[str, "Similarity"]) -> "Table":
    """One row per pair of images, by their name."""
    table = _table()
    table.add_column("image", max_width=_NAME, overflow="fold")
    names = measured(next(iter(rows.values())))
    for name in names:
        table.add_column(_FIGURES[name][0], justify="right")
    for title, similarity in rows.items():
        cells = [_cell(similarity, name) for name in names]
        table.add_row(plain(title), *cells)
    return table


def figures_line(quality: "Quality") -> str:
    """All figures with their titles in one line."""
    return ", ".join(
        f"{_FIGURES[name][0]} {_cell(quality, name)}"
        for name in measured(quality)
    )


def _cell(quality: "Quality", name: str) -> str:
    return f"{getattr(quality, name):.{_FIGURES[name][1]}f}"


def _table() -> "Table":
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0)
