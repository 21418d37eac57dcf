"""Training recipe of a size-agnostic classifier."""

import functools
from pathlib import Path
from typing import Literal

from convzoo.common.longest_aspect import LONGEST
from convzoo.common.types import PathLike
from convzoo.presets import find_preset
from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.classification.same_classes import check_same_classes
from convzoo.training.classification.train_own import train_own
from convzoo.training.classification.training_plan import (
    data_plan,
)
from convzoo.training.classification.transfer.train_transfer import (
    pretrained_start,
    train_transfer,
)
from convzoo.training.classification.transfer.transfer_data import (
    TransferData,
)
from convzoo.training.recipe import recipe
from convzoo.training.run import Run
from convzoo.training.run_settings import (
    check_options,
)


@recipe(ClassifierOptions)
def train_classifier(options: ClassifierOptions) -> Run:
    """Train a `SizeAgnosticClassifier` on labelled images, by AdamW.

    Takes `ClassifierOptions`, or the same arguments. Called again with the
    same options, it resumes where it was stopped or killed, and ends with the
    same weights.

    Returns:
        The `Run`; its folder holds the weights.

    Raises:
        ValueError: An option is not as described, the images cannot be used,
            or the loss became NaN.
    """
    tell = functools.partial(_tell, bool(options.verbose))
    # What is wrong with them is said before many images are read.
    check_options(Path(options.out), options)
    start = pretrained_start(options) if options.is_pretrained else None
    tell(f"reading {options.data} ...")
    folder = _read(options.data, "train", options, _short_side(options))
    other = None
    fingerprints = {"data": folder.fingerprint}
    if options.validation is not None:
        other = _validation(folder, options.validation, options)
        fingerprints["validation"] = other.fingerprint
    for line in data_plan(folder):
        tell(line)
    if start is not None:
        data = TransferData(folder, other, fingerprints)
        return train_transfer(options, start, data, tell)
    return train_own(options, folder, other, fingerprints, tell)


def _tell(shows: bool, line: str) -> None:
    if shows:
        # At once, also where the output is a file.
        print(line, flush=True)


def _read(
    data: PathLike,
    split: str,
    options: ClassifierOptions,
    short_side: int | Literal["auto"] | None,
) -> ImageFolder:
    max_side: int | None = options.max_side
    if options.is_pretrained and options.short_side is not None:
        # Features are of images of that side: an image that was smaller in
        # between would only be blurred.
        max_side = LONGEST * options.short_side
    return ImageFolder(
        data,
        max_side,
        split,
        options.max_pixels,
        short_side,
        told=bool(options.verbose),
    )


def _short_side(options: ClassifierOptions) -> int | Literal["auto"] | None:
    """The side to which images are scaled, as far as options tell."""
    if options.is_pretrained:
        return options.short_side
    if options.short_side is not None:
        return options.short_side or None
    if options.sizes or options.grid or options.rescale != 1:
        return None
    if options.init is None:
        return "auto"
    return find_preset(options.init).config.get("short_side")


def _validation(
    folder: ImageFolder, validation: PathLike, options: ClassifierOptions
) -> ImageFolder:
    other = _read(validation, "validation", options, folder.short_side)
    check_same_classes(folder.class_names, other.class_names)
    return other
