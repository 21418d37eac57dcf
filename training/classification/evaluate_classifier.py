"""Evaluation of a classifier on labelled images."""

from collections.abc import Callable, Sequence

import numpy as np

from convzoo.common.types import PathLike
from convzoo.training.classification.classification_quality import (
    classification_quality,
)
from convzoo.training.classification.classifier_report import ClassifierReport
from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.training.classification.predictions import predictions
from convzoo.training.classification.resizing import Resizing
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)

# Classes that an error names.
_NAMED = 10


def evaluate_classifier(
    model: SizeAgnosticClassifier,
    data: PathLike | ImageFolder,
    warp: int | None = None,
    scale: float = 1.0,
    split: str = "test",
    *,
    short_side: int | None = None,
    advance: Callable[[int], object] | None = None,
) -> ClassifierReport:
    """Classify every image at its own aspect ratio, and compute metrics.

    Args:
        model: A `SizeAgnosticClassifier` for images in [0, 1].
        data: Folder with one folder per class, or `tfds:NAME`, see
            `ImageFolder`; or an `ImageFolder`, which is then read once for
            several calls. Its classes must be among those of the model, by name
            or by number.
        warp: Side in pixels of squares to which images are warped, or None.
        scale: Factor by which images are resized before they are warped.
        split: Split of a dataset of tensorflow-datasets.
        short_side: Length in pixels to which the model scales the shorter side
            of each image, instead of its own `short_side`, but at least what
            its backbone takes. None for its own; a model that has none
            classifies images at their own size.
        advance: As in `predict_logits`.

    Returns:
        A `ClassifierReport`.

    Raises:
        ValueError: If an argument is invalid, or the images cannot be used.
    """
    resizing = Resizing(scale, warp, short_side)
    resizing.check()
    if isinstance(data, ImageFolder):
        folder = data
    else:
        folder = ImageFolder(data, split=split)
    names, labels = _matched(model, folder)
    logits = predict_logits(
        model, folder.images, resizing=resizing, advance=advance
    )
    found = predictions(logits, labels)
    sizes = [resizing.scaled(image.shape[:2]) for image in folder.images]
    return ClassifierReport(
        quality=classification_quality(logits, labels),
        class_names=names,
        labels=labels,
        predicted=found.predicted,
        confidence=found.confidence,
        sizes=np.array(sizes),
        resizing=resizing,
        images=folder.images,
        paths=folder.paths,
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
        more = f" and {len(unknown) - _NAMED} more" if unknown[_NAMED:] else ""
        raise ValueError(
            f"{folder.data}: the model does not know these classes: "
            f"{', '.join(unknown[:_NAMED])}{more}"
        )
    order = np.array([numbers[name] for name in folder.class_names])
    return names, order[folder.labels]


def _by_number(folders: Sequence[str], count: int) -> dict[str, int]:
    """Map folders that are named by class number, or return an empty dict."""
    if not all(name.isdecimal() and int(name) < count for name in folders):
        return {}
    return {name: int(name) for name in folders}
