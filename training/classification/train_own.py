"""Training of the networks of convzoo, from random weights or a preset."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from convzoo.common.option import arguments_of
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
from convzoo.training.classification.size_buckets import SizeBuckets
from convzoo.training.classification.step_memory import images_within
from convzoo.training.classification.step_times import measure_steps
from convzoo.training.classification.training_plan import (
    shapes_plan,
    split_plan,
    time_plan,
)
from convzoo.training.run import Run
from convzoo.training.run_settings import run_settings
from convzoo.training.tensorboard import Curves
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.images.bicubic import resize_bicubic


def train_own(
    options: ClassifierOptions,
    folder: ImageFolder,
    other: ImageFolder | None,
    fingerprints: dict[str, str],
    tell: Callable[[str], None],
) -> Run:
    """Train a network of convzoo on padded batches.

    Args:
        options: Options with a backbone of convzoo.
        folder: Images to train on.
        other: Images to validate with, of the same classes, or None.
        fingerprints: Strings that identify the images, by option.
        tell: Called with what is going on.
    """
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
