"""What is unusual about labelled images, and what to do. No Keras."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from convzoo.common.first_of import first_of
from convzoo.common.types import PathLike
from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)

# A class with fewer images is small; one with more times those of the smallest
# outweighs it; with fewer per class, random weights learn little.
_SMALL, _UNEQUAL, _FEW = 5, 10, 200
_TEST = {"test", "val", "valid", "validation"}
# Options of training by steps.
_OF_STEPS = (
    "rotation",
    "zoom",
    "shift",
    "color",
    "tint",
    "flip",
    "epochs",
    "minutes",
    "batch_size",
    "learning_rate",
    "weight_decay",
    "label_smoothing",
    "ema",
    "patience",
)
_PARTS = {*_TEST, "train", "training"}


def data_advice(
    options: ClassifierOptions,
    class_names: Sequence[str],
    counts: np.ndarray,
    held_out: np.ndarray,
) -> list[str]:
    """Return one line for each thing a person may not expect.

    Args:
        options: Options of the recipe.
        class_names: Name of each class.
        counts: Number of images of each class.
        held_out: Number of those that are held out; all 0 with other images to
            validate on.
    """
    return [
        *_other_folder(options.data, class_names),
        *_small_classes(class_names, counts),
        *_large_class(options, class_names, counts),
        *_without_validation(options, class_names, held_out),
        *_few_images(options, counts),
        *_without_effect(options),
    ]


def _other_folder(data: PathLike, class_names: Sequence[str]) -> Iterator[str]:
    folder = Path(data)
    name = folder.absolute().name
    if {each.lower() for each in class_names} <= _PARTS:
        yield (
            f"the classes are {', '.join(class_names)}: if these are parts of "
            f"one set, give the folder that holds its classes"
        )
    beside = folder.absolute().parent / "train"
    if name.lower() in _TEST and beside.is_dir():
        yield (
            f"{folder} looks like images to test on: {beside} is beside it; "
            "give that to learn from"
        )


def _small_classes(
    class_names: Sequence[str], counts: np.ndarray
) -> Iterator[str]:
    small = np.flatnonzero(counts < _SMALL)
    if len(small):
        named = [f"{class_names[i]} ({counts[i]})" for i in small.tolist()]
        have = "has" if len(small) == 1 else "have"
        yield (
            f"{len(small)} of {len(counts)} classes {have} fewer than {_SMALL} "
            f"images, too few to learn or to measure: "
            f"{first_of(named)}; add images, or leave them out"
        )


def _large_class(
    options: ClassifierOptions, class_names: Sequence[str], counts: np.ndarray
) -> Iterator[str]:
    most, least = int(counts.argmax()), int(counts.argmin())
    if counts[most] > _UNEQUAL * counts[least] and not options.balance:
        yield (
            f"{class_names[most]} has {counts[most]} images and "
            f"{class_names[least]} {counts[least]}: with --balance, all "
            "classes count alike"
        )


def _without_validation(
    options: ClassifierOptions, class_names: Sequence[str], held_out: np.ndarray
) -> Iterator[str]:
    if options.validation is not None or not options.hold_out:
        return
    none = np.flatnonzero(held_out == 0)
    if len(none) == len(held_out):
        yield (
            "each class has one image, which is learned from: nothing is held "
            "out, and no accuracy is known; give --validation FOLDER, or add "
            "images"
        )
    elif len(none):
        named = first_of([class_names[i] for i in none.tolist()])
        have = "class has" if len(none) == 1 else "classes have"
        yield (
            f"{len(none)} {have} one image, which is learned from, and none "
            f"to validate on: {named}; add images"
        )


def _few_images(
    options: ClassifierOptions, counts: np.ndarray
) -> Iterator[str]:
    median = int(np.median(counts))
    is_random = options.init is None and not options.is_pretrained
    if is_random and median < _FEW:
        yield (
            f"{median} images a class are few for {options.backbone}, which "
            "starts from random weights: --backbone squeezenet starts from "
            "those of ImageNet and needs fewer"
        )


def _without_effect(options: ClassifierOptions) -> Iterator[str]:
    """Options of training by steps, where only a dense layer is fitted."""
    if options.fine_tune or not options.is_pretrained:
        return
    usual = ClassifierOptions(
        options.data,
        options.out,
        init=options.init,
        backbone=options.backbone,
    )
    changed = [
        f"--{name.replace('_', '-')}"
        for name in _OF_STEPS
        if getattr(options, name) != getattr(usual, name)
    ]
    if changed:
        yield (
            f"without effect, as nothing but a dense layer is fitted: "
            f"{', '.join(changed)}; they are for --fine-tune"
        )
