"""Choice of the image size, and of a dense layer on features of it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from convzoo.common.choices import Verbose
from convzoo.training.classification.transfer.dense_head import DenseHead
from convzoo.training.classification.transfer.examples import Examples
from convzoo.training.classification.transfer.head_search import (
    HeadSearch,
    TriedHead,
)
from convzoo.training.classification.transfer.pooled_features import (
    PooledFeatures,
)
from convzoo.training.classification.transfer.show_progress import (
    show_progress,
)
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)

_FILES = "features-*.npy"


class ChosenSize(NamedTuple):
    """A size of images, and a dense layer on their features.

    Attributes:
        side: Length of the shorter side, in pixels.
        tried: Regularisation of the layer, and its figures.
        head: The layer.
        features: Float32 array `(images, features)`.
    """

    side: int
    tried: TriedHead
    head: DenseHead
    features: np.ndarray


def chosen_size(
    model: SizeAgnosticClassifier,
    examples: Examples,
    sides: Sequence[int],
    max_stretch: float,
    folder: Path,
    verbose: Verbose = "auto",
) -> ChosenSize:
    """Fit a dense layer at the image size that validates best.

    Args:
        model: Classifier whose features are computed.
        examples: The images.
        sides: Lengths of the shorter side to try, in pixels.
        max_stretch: As in `aspect_shapes`.
        folder: Folder in which the features are kept.
        verbose: Whether to show the progress, as in `keras.Model.fit`.
    """
    found: list[tuple[float, int, HeadSearch, np.ndarray]] = []
    for side in sides:
        features = PooledFeatures(
            model,
            examples.images,
            side,
            max_stretch,
            _path(folder, side),
        )
        if features.num_missing:
            _compute(features, side, verbose)
        values = features.values()
        if np.ptp(values, axis=0).max() == 0:
            raise ValueError(
                "the features of all images are equal: `data` must hold "
                "different images, and `weights` those of a trained network. "
                f"Received: the same features for {len(values)} images"
            )
        search = HeadSearch(values, examples)
        tried = search.usual()
        if verbose and tried.quality is not None:
            print(
                f"{side} pixels: {tried.quality.accuracy:.1%} of "
                f"{tried.num_validated} images, each classified by a layer "
                "that did not learn from it",
                flush=True,
            )
        # Only those of one size are kept in memory.
        loss = search.loss_of_few() if len(sides) > 1 else 0.0
        if not found or loss < found[0][0]:
            found = [(loss, side, search, values)]
    ((_, side, search, values),) = found
    tried = search.best()
    if verbose and tried.quality is not None:
        strength = "" if tried.strength is None else f", C = {tried.strength:g}"
        print(
            f"chosen by cross-validation: {side} pixels{strength}",
            flush=True,
        )
    return ChosenSize(side, tried, search.fitted(tried.strength), values)


def has_features(folder: Path) -> bool:
    """Whether a folder holds files with features."""
    return any(folder.glob(_FILES))


def remove_features(folder: Path) -> None:
    """Remove the files with features."""
    for path in folder.glob(_FILES):
        os.remove(path)


def _path(folder: Path, side: int) -> Path:
    return folder / f"features-{side}.npy"


def _compute(features: PooledFeatures, side: int, verbose: Verbose) -> None:
    missing = features.num_missing
    if verbose:
        shapes = len(np.unique(features.shapes, axis=0))
        total = len(features.shapes)
        count = missing if missing == total else f"the other {missing}"
        print(
            f"{side} pixels: features of {count} images, in {shapes} "
            f"{'shape' if shapes == 1 else 'shapes'}",
            flush=True,
        )
    show_progress(features.compute(), missing, verbose)
