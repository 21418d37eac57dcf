"""Training recipe of a size-agnostic classifier."""

import functools
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np

from convzoo.common.option import arguments_of
from convzoo.common.types import PathLike
from convzoo.presets import find_preset
from convzoo.training.classification.balanced_weights import balanced_weights
from convzoo.training.classification.calibrate_run import calibrate_run
from convzoo.training.classification.calibrated_figures import (
    calibrated_figures,
)
from convzoo.training.classification.class_examples import class_examples
from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.classification.compile_classifier import (
    compile_classifier,
)
from convzoo.training.classification.data_advice import data_advice
from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.classification.one_hot_targets import OneHotTargets
from convzoo.training.classification.planned_end import planned_end
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.training.classification.same_classes import check_same_classes
from convzoo.training.classification.size_buckets import SizeBuckets
from convzoo.training.classification.step_memory import images_within
from convzoo.training.classification.step_times import measure_steps
from convzoo.training.classification.training_plan import (
    data_plan,
    shapes_plan,
    split_plan,
    time_plan,
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
    check_folder,
    check_options,
    run_settings,
)
from convzoo.training.tensorboard import Curves
from convzoo.zoo.classification.classifier_pixels import LONGEST
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.images.bicubic import resize_bicubic


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
    check_folder(options.out)
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
    if other is None:
        learned, validation = folder.split(options.hold_out)
        images = [folder.images[i] for i in validation]
        labels = folder.labels[validation]
    else:
        learned = np.arange(len(folder))
        images, labels = other.images, other.labels
    examples = class_examples(folder, learned, options.mirror)
    model = _built(options, folder)
    batches = _batches(model, *examples, options)
    for line in _plan(folder, examples[1], labels, batches, options):
        tell(line)
    pixels = sum(image.shape[0] * image.shape[1] for image in images)
    end = planned_end(model, batches, pixels, options, tell)
    predict = functools.partial(_logits, images, options)
    run = Run(
        options.out,
        {**run_settings(options, model, **fingerprints), **end.settings},
        lambda model: calibrated_figures(predict(model), labels),
        score="-validation_loss" if len(labels) else "epoch",
        patience=options.patience,
        extend=options.extend,
        save_minutes=options.save_minutes,
    )
    compile_classifier(model, options, end.steps)
    if options.verbose:
        times = end.times or measure_steps(model, batches, pixels, tell)
        for line in time_plan(times, end.steps, len(batches)):
            tell(line)
    callbacks = [Curves(run.folder)] if options.tensorboard else []
    run.train(model, batches, end.steps, options.verbose, callbacks)
    if len(labels):
        calibrate_run(run, predict, labels)
    return run


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


def _built(
    options: ClassifierOptions, folder: ImageFolder
) -> SizeAgnosticClassifier:
    """The network, with its initial weights."""
    class_names = folder.class_names
    keras.utils.set_random_seed(options.seed)
    if options.init is None:
        chosen = arguments_of(SizeAgnosticClassifier, options)
        chosen |= {"weights": None, "short_side": folder.short_side}
        return SizeAgnosticClassifier(
            len(class_names),
            **chosen,
            class_names=class_names,
            dtype=options.precision,
        )
    other = SizeAgnosticClassifier.from_preset(options.init)
    arguments: dict[str, Any] = {
        **other.arguments,
        "num_classes": len(class_names),
        "class_names": class_names,
        "temperature": 1.0,
    }
    model = SizeAgnosticClassifier(**arguments, dtype=options.precision)
    for new, old in zip(model.units, other.units, strict=True):
        new.set_weights(old.get_weights())
    if other.class_names == class_names:
        model.head.set_weights(other.head.get_weights())
    else:
        print(
            f"the head is new: its {len(class_names)} classes are not the "
            f"{other.num_classes} of {options.init}"
        )
    return model


def _batches(
    model: SizeAgnosticClassifier,
    images: list[np.ndarray],
    labels: np.ndarray,
    options: ClassifierOptions,
) -> SizeBuckets:
    classes = model.num_classes
    return SizeBuckets(
        images,
        OneHotTargets(labels, classes),
        options.batch_size,
        options.buckets,
        options.sizes,
        options.rescale,
        options.augmentation(),
        balanced_weights(labels, classes) if options.balance else None,
        options.seed,
        functools.partial(images_within, model, options.memory),
    )


def _logits(
    images: list[np.ndarray],
    options: ClassifierOptions,
    model: SizeAgnosticClassifier,
) -> np.ndarray:
    sizes = options.sizes or ()
    if len(sizes) == 1:
        images = [resize_bicubic(image, *sizes, *sizes) for image in images]
    return predict_logits(model, images, options.batch_size)


def _plan(
    folder: ImageFolder,
    labels: np.ndarray,
    validation: np.ndarray,
    batches: SizeBuckets,
    options: ClassifierOptions,
) -> list[str]:
    """Lines on the images, before anything is computed."""
    classes = len(folder.class_names)
    held_out = np.bincount(validation, minlength=classes)
    counts = np.bincount(folder.labels, minlength=classes)
    return [
        split_plan(len(labels), len(validation)),
        *data_advice(options, folder.class_names, counts, held_out),
        shapes_plan(batches),
    ]
