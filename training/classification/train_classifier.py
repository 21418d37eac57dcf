"""Training recipe of a size-agnostic classifier."""

from typing import Any

import keras
import numpy as np

from convzoo.common.option import arguments_of
from convzoo.common.types import PathLike
from convzoo.training.classification.balanced_weights import balanced_weights
from convzoo.training.classification.classification_quality import (
    classification_quality,
    validation_figures,
)
from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.training.classification.size_buckets import SizeBuckets
from convzoo.training.classification.transfer.train_transfer import (
    train_transfer,
)
from convzoo.training.classification.transfer.transfer_data import TransferData
from convzoo.training.optimization import (
    averaged_adamw,
    falling_rate,
    jit_compile,
)
from convzoo.training.recipe import recipe
from convzoo.training.run import Run
from convzoo.training.run_settings import run_settings
from convzoo.training.tensorboard import Curves
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
    folder = _read(options.data, "train", options)
    other = None
    fingerprints = {"data": folder.fingerprint}
    if options.validation is not None:
        other = _validation(folder, options.validation, options)
        fingerprints["validation"] = other.fingerprint
    if options.is_pretrained:
        return train_transfer(
            options, TransferData(folder, other, fingerprints)
        )
    if other is None:
        learned, validation = folder.split(options.hold_out)
        images = [folder.images[i] for i in validation]
        labels = folder.labels[validation]
    else:
        learned = np.arange(len(folder))
        images, labels = other.images, other.labels
    examples = _examples(folder, learned, options.mirror)
    model = _built(options, folder.class_names)
    batches = _batches(*examples, len(folder.class_names), options)
    run = Run(
        options.out,
        run_settings(options, model, **fingerprints),
        lambda model: _figures(model, images, labels, options),
        score="validation_accuracy" if len(labels) else "epoch",
        patience=options.patience,
        extend=options.extend,
        save_minutes=options.save_minutes,
    )
    steps = options.epochs * len(batches)
    _compile(model, options, steps)
    _report(batches)
    callbacks = [Curves(run.folder)] if options.tensorboard else []
    run.train(model, batches, steps, options.verbose, callbacks)
    return run


def _read(
    data: PathLike, split: str, options: ClassifierOptions
) -> ImageFolder:
    return ImageFolder(data, options.max_side, split, options.max_pixels)


def _validation(
    folder: ImageFolder, validation: PathLike, options: ClassifierOptions
) -> ImageFolder:
    other = _read(validation, "validation", options)
    if other.class_names != folder.class_names:
        raise ValueError(
            "`validation` must have the classes of `data`. Received: "
            f"{other.class_names}, not {folder.class_names}"
        )
    return other


def _built(
    options: ClassifierOptions, class_names: list[str]
) -> SizeAgnosticClassifier:
    """The network, with its initial weights."""
    keras.utils.set_random_seed(options.seed)
    if options.init is None:
        return SizeAgnosticClassifier(
            len(class_names),
            **arguments_of(SizeAgnosticClassifier, options),
            class_names=class_names,
            dtype=options.precision,
        )
    other = SizeAgnosticClassifier.from_preset(options.init)
    arguments: dict[str, Any] = {
        **other.arguments,
        "num_classes": len(class_names),
        "class_names": class_names,
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


def _compile(
    model: SizeAgnosticClassifier, options: ClassifierOptions, steps: int
) -> None:
    rate = falling_rate(options.learning_rate, steps, options.schedule)
    optimizer = averaged_adamw(rate, options.weight_decay, options.ema)
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=options.label_smoothing
    )
    model.compile(
        optimizer, loss, metrics=["accuracy"], jit_compile=jit_compile()
    )
    optimizer.build(model.trainable_variables)


def _examples(
    folder: ImageFolder, learned: np.ndarray, mirror: dict[str, str] | None
) -> tuple[list[np.ndarray], np.ndarray]:
    """Training images and their labels; mirror images come last."""
    images = [folder.images[i] for i in learned]
    labels = folder.labels[learned]
    if mirror is None:
        return images, labels
    becomes = _mirrored_labels(mirror, folder.class_names)
    mirrored = np.flatnonzero(becomes[labels] >= 0)
    images += [images[i][:, ::-1] for i in mirrored]
    return images, np.concatenate([labels, becomes[labels[mirrored]]])


def _mirrored_labels(
    mirror: dict[str, str], class_names: list[str]
) -> np.ndarray:
    """For each class, that of its mirror image, or -1."""
    if not isinstance(mirror, dict):
        raise ValueError(
            f"`mirror` must be a dictionary, or None. Received: {mirror!r}"
        )
    becomes = np.full(len(class_names), -1)
    for name, other in mirror.items():
        for known in (name, other):
            if known not in class_names:
                raise ValueError(
                    "`mirror` must have names of classes. Received: "
                    f"{known!r}, not one of {', '.join(class_names)}"
                )
        becomes[class_names.index(name)] = class_names.index(other)
    return becomes


def _batches(
    images: list[np.ndarray],
    labels: np.ndarray,
    num_classes: int,
    options: ClassifierOptions,
) -> SizeBuckets:
    weights = None
    if options.balance:
        weights = balanced_weights(labels, num_classes)
    return SizeBuckets(
        images,
        np.eye(num_classes, dtype="float32")[labels],
        options.batch_size,
        options.buckets,
        options.sizes,
        options.rescale,
        options.augmentation(),
        weights,
        options.seed,
    )


def _figures(
    model: SizeAgnosticClassifier,
    images: list[np.ndarray],
    labels: np.ndarray,
    options: ClassifierOptions,
) -> dict[str, float]:
    """The `ClassificationQuality` on validation images."""
    if not len(labels):
        return {}
    sizes = options.sizes or ()
    if len(sizes) == 1:
        images = [resize_bicubic(image, *sizes, *sizes) for image in images]
    logits = predict_logits(model, images, options.batch_size)
    return validation_figures(classification_quality(logits, labels))


def _report(batches: SizeBuckets) -> None:
    if batches.sizes:
        sides = ", ".join(f"{side}x{side}" for side in batches.sizes)
        print(f"all images are warped to {sides}")
        return
    shapes = ", ".join(f"{w}x{h}" for h, w in sorted(batches.shapes.tolist()))
    print(f"{len(batches.shapes)} shapes of batches: {shapes}")
