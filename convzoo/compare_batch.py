"""Comparison of pairs of image files, one after the other."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from convzoo.common.described import described
from convzoo.common.progress_bars import progress_bars
from convzoo.compare_outputs import ComparedPair
from convzoo.quality_tables import figures_line
from convzoo.training.super_resolution.comparison_sheet import ComparisonSheet
from convzoo.training.super_resolution.matched_images import MatchedPair
from convzoo.training.super_resolution.similarity import Similarity
from convzoo.zoo.images.reading.read_photograph import read_photograph


def compare_batch(
    pairs: Sequence[MatchedPair],
    measure: Callable[[np.ndarray, np.ndarray], Similarity],
    sheet: ComparisonSheet | None = None,
) -> list[ComparedPair]:
    """Compare pairs of files; one that fails does not stop the others.

    Args:
        pairs: The files.
        measure: Compares the pixels of two images.
        sheet: Draws the pairs.
    """
    compared: list[ComparedPair] = []
    with progress_bars() as progress:
        for a, b, names in progress.track(pairs, description="pairs"):
            try:
                pixels = read_photograph(a), read_photograph(b)
                found = _measured(a, measure, *pixels)
                if sheet is not None:
                    caption = f"{names[0]}: {figures_line(found)}"
                    sheet.add(*pixels, caption, found.psnr_y)
            except ValueError as error:
                compared.append(ComparedPair(names, None, error))
            # Libraries raise many kinds; the other pairs are compared.
            except Exception as error:
                told = f"{a}: cannot be compared ({described(error)})"
                compared.append(ComparedPair(names, None, ValueError(told)))
            else:
                compared.append(ComparedPair(names, found))
    return compared


def _measured(
    path: Path,
    measure: Callable[[np.ndarray, np.ndarray], Similarity],
    a: np.ndarray,
    b: np.ndarray,
) -> Similarity:
    """Compare two images, and name the file in errors."""
    try:
        return measure(a, b)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
