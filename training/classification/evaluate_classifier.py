"""Evaluation of a classifier on labelled images."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convzoo.common.checks import check_above, check_positive
from convzoo.common.types import PathLike
from convzoo.training.classification.classification_quality import (
    ClassificationQuality,
    classification_quality,
    confusion,
)
from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.images.bicubic import resize_bicubic


class ClassifierReport(NamedTuple):
    """Results of `evaluate_classifier`.

    Attributes:
        quality: Metrics.
        confusion: Confusion matrix, see `confusion`.
        class_names: Names of its rows and columns.
        right: Whether each prediction is correct, booleans `(images,)`.
        sizes: Rows and columns of the images as classified, `(images, 2)`.
    """

    quality: ClassificationQuality
    confusion: np.ndarray
    class_names: list[str]
    right: np.ndarray
    sizes: np.ndarray


def evaluate_classifier(
    model: SizeAgnosticClassifier,
    data: PathLike,
    warp: int | None = None,
    scale: float = 1.0,
    split: str = "test",
) -> ClassifierReport:
    """Classify every image at its own size, and compute metrics.

    Args:
        model: A `SizeAgnosticClassifier` for images in [0, 1].
        data: Folder with one folder per class, or `tfds:NAME`, see
            `ImageFolder`. Its classes must be among those of the model, by name
            or by number.
        warp: Side in pixels of squares to which images are warped, or None.
        scale: Factor by which images are resized before they are warped.
        split: Split of a dataset of tensorflow-datasets.

    Returns:
        A `ClassifierReport`.

    Raises:
        ValueError: If an argument is invalid, or the images cannot be used.
    """
    if warp is not None:
        check_positive("warp", warp)
    check_above("scale", scale, 0)
    folder = ImageFolder(data, split=split)
    names, labels = _matched(model, folder)
    images = [_resized(image, warp, scale) for image in folder.images]
    logits = predict_logits(model, images)
    return ClassifierReport(
        quality=classification_quality(logits, labels),
        confusion=confusion(logits, labels),
        class_names=names,
        right=logits.argmax(axis=1) == labels,
        sizes=np.array([image.shape[:2] for image in images]),
    )


def _matched(
    model: SizeAgnosticClassifier, folder: ImageFolder
) -> tuple[list[str], np.ndarray]:
    """Return the class names of the model, and labels in their order."""
    names = model.class_names
    if names is None:
        names = folder.class_names
        if len(names) != model.num_classes:
            raise ValueError(
                f"{folder.data}: must have the {model.num_classes} classes of "
                f"the model. Received: {len(names)}"
            )
    numbers = {name: number for number, name in enumerate(names)}
    if not set(folder.class_names) <= set(names):
        numbers = _by_number(folder.class_names, len(names)) or numbers
    unknown = [name for name in folder.class_names if name not in numbers]
    if unknown:
        raise ValueError(
            f"{folder.data}: the model does not know these classes: "
            f"{', '.join(unknown)}"
        )
    order = np.array([numbers[name] for name in folder.class_names])
    return names, order[folder.labels]


def _by_number(folders: Sequence[str], count: int) -> dict[str, int]:
    """Map folders that are named by class number, or return an empty dict."""
    if not all(name.isdecimal() and int(name) < count for name in folders):
        return {}
    return {name: int(name) for name in folders}


def _resized(image: np.ndarray, warp: int | None, scale: float) -> np.ndarray:
    height, width = (max(round(n * scale), 1) for n in image.shape[:2])
    image = _of_size(image, (height, width))
    return image if warp is None else _of_size(image, (warp, warp))


def _of_size(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return image if size == image.shape[:2] else resize_bicubic(image, *size)
