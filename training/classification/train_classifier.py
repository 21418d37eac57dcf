"""The recipe of a classifier of images of any size."""

import os

import keras
import numpy as np

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_fraction,
    check_number,
    check_positive,
)
from convzoo.training.classification.augmentation import Augmentation
from convzoo.training.classification.classification_quality import (
    classification_quality,
)
from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.training.classification.size_buckets import (
    SizeBuckets,
    check_rescale,
    check_sizes,
)
from convzoo.training.optimization import (
    PRECISIONS,
    SCHEDULES,
    averaged_adamw,
    check_patience,
    falling_rate,
    jit_compile,
)
from convzoo.training.run import Run, described
from convzoo.training.tensorboard import Curves
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.images.bicubic import resize_bicubic

_OF_THE_NETWORK = (
    "backbone",
    "width",
    "bins",
    "pooling",
    "dropout",
    "standardize",
    "grid",
)


def train_classifier(
    data,
    out,
    validation=None,
    hold_out=0.1,
    init=None,
    backbone="residual",
    width=32,
    bins=(1, 2, 4),
    pooling="max",
    dropout=0.0,
    standardize=False,
    grid=None,
    epochs=60,
    batch_size=32,
    buckets=6,
    sizes=None,
    max_side=None,
    rescale=1.0,
    rotation=10.0,
    zoom=0.1,
    shift=0.05,
    color=0.3,
    tint=0.0,
    flip=False,
    mirror=None,
    learning_rate=1e-3,
    schedule="cosine",
    weight_decay=1e-4,
    ema=0.99,
    label_smoothing=0.1,
    balance=False,
    patience=None,
    precision="float32",
    seed=0,
    tensorboard=False,
    verbose="auto",
):
    """Train a `SizeAgnosticClassifier` on labelled images, by AdamW.

    Called again with the same arguments, it goes on where it was stopped or
    killed, and ends with the same weights.

    Args:
        data: folder with a folder for each class, or `tfds:NAME`, see
            `ImageFolder`.
        out: folder of the run, see `Run`.
        validation: another such folder, with the same classes, that chooses
            the best weights, or `tfds:NAME`, whose split "validation" does;
            None keeps a share of `data` for it.
        hold_out: that share, see `ImageFolder.split`. 0 keeps none, and the
            last weights are the best.
        init: None, or whose weights to start from: a preset, or the folder of
            a run. Where the classes are others, the head starts anew.
        backbone: see `SizeAgnosticClassifier`; `init` brings its own, and so
            for the next six.
        width: channels of the first convolutions.
        bins: of the pyramid.
        pooling: `"max"` or `"average"`.
        dropout: share of the pooled features that is dropped.
        standardize: whether brightness and contrast are taken out.
        grid: None, or the side of the grid to which the first maps are pooled.
        epochs: passes over the images.
        batch_size: images in a batch.
        buckets: how many shapes batches have, at most.
        sizes: None for images at their own sizes; or sides in pixels, to which
            all are warped, an epoch after another, see `SizeBuckets`. One side
            also warps what validates; more leave it at its own size.
        max_side: pixels of the longer side above which an image is scaled
            down; None for no limit.
        rescale: the largest factor by which images are enlarged and shrunk, so
            that a class is learned at sizes at which it was not photographed.
        rotation: see `Augmentation`, and so for the next five.
        zoom: share.
        shift: share.
        color: share.
        tint: share.
        flip: whether left and right are alike.
        mirror: None, or a dictionary of classes, by name, and what their mirror
            images are of: `{"left": "right", "right": "left", "stop": "stop"}`.
            The mirror images are learned beside the images.
        learning_rate: at the start.
        schedule: `"cosine"` (falls to 0) or `"halving"` (by half, five times).
        weight_decay: of AdamW.
        ema: momentum of the moving average of the weights, which is what is
            validated and kept.
        label_smoothing: share of a label that goes to all classes.
        balance: whether rare classes count more, so that all count alike.
        patience: None, or epochs without a better score after which to stop.
        precision: `"float32"` or `"mixed_bfloat16"`, of the network.
        seed: of the first weights, the batches and the augmentation.
        tensorboard: whether to write `out/tensorboard` too.
        verbose: as in `keras.Model.fit`.

    Returns:
        The `Run`; its folder holds the weights.

    Raises:
        ValueError: an argument is not as described, or the images cannot be
            used.
    """
    settings = dict(locals())
    for name in ("out", "tensorboard", "verbose"):
        del settings[name]
    _check(settings)
    check_flag("tensorboard", tensorboard)
    folder = ImageFolder(data, max_side)
    learned, held_out = _split(folder, settings)
    settings["data"] = folder.fingerprint
    examples = _examples(folder, learned, settings["mirror"])
    model = _built(settings, folder.class_names)
    settings |= described(model)
    run = Run(
        out,
        settings,
        lambda model: _figures(model, *held_out, settings),
        score="validation_accuracy" if len(held_out[1]) else "epoch",
        patience=patience,
    )
    batches = _batches(*examples, len(folder.class_names), settings)
    _compile(model, settings, len(batches))
    _report(batches)
    callbacks = [Curves(run.folder)] if tensorboard else []
    run.train(model, batches, epochs, verbose, callbacks)
    return run


def _check(settings):
    check_choice("schedule", settings["schedule"], SCHEDULES)
    check_choice("precision", settings["precision"], PRECISIONS)
    for name in ("epochs", "batch_size", "buckets"):
        check_positive(name, settings[name])
    check_sizes(settings["sizes"])
    check_rescale(settings["rescale"], settings["sizes"])
    check_above("learning_rate", settings["learning_rate"], 0)
    check_number("weight_decay", settings["weight_decay"], 0)
    for name in ("ema", "label_smoothing"):
        check_number(name, settings[name], 0, 1)
    check_flag("balance", settings["balance"])
    if settings["mirror"] is not None and settings["flip"]:
        raise ValueError(
            "`mirror` is for classes that are not all alike when mirrored. "
            f"Received: mirror={settings['mirror']!r}, flip=True"
        )
    check_fraction("hold_out", settings["hold_out"])
    validates = settings["validation"] is not None or settings["hold_out"] > 0
    check_patience(settings["patience"], validates)
    _augmentation(settings)


def _augmentation(settings):
    names = ("rotation", "zoom", "shift", "color", "tint", "flip")
    return Augmentation(**{name: settings[name] for name in names})


def _split(folder, settings):
    """Indices to learn from; images that validate, and their labels."""
    if settings["validation"] is None:
        learned, held_out = folder.split(settings["hold_out"])
        images = [folder.images[i] for i in held_out]
        return learned, (images, folder.labels[held_out])
    other = ImageFolder(
        settings["validation"], settings["max_side"], "validation"
    )
    settings["validation"] = other.fingerprint
    if other.class_names != folder.class_names:
        raise ValueError(
            "`validation` must have the classes of `data`. Received: "
            f"{other.class_names}, not {folder.class_names}"
        )
    return np.arange(len(folder)), (other.images, other.labels)


def _built(settings, class_names):
    """The network, with its first weights."""
    keras.utils.set_random_seed(settings["seed"])
    init, precision = settings["init"], settings["precision"]
    if init is None:
        return SizeAgnosticClassifier(
            len(class_names),
            **{name: settings[name] for name in _OF_THE_NETWORK},
            class_names=class_names,
            dtype=precision,
        )
    settings["init"] = os.fspath(init)
    other = SizeAgnosticClassifier.from_preset(init)
    arguments = {
        **other.arguments,
        "num_classes": len(class_names),
        "class_names": class_names,
    }
    model = SizeAgnosticClassifier(**arguments, dtype=precision)
    for new, old in zip(model.units, other.units, strict=True):
        new.set_weights(old.get_weights())
    if other.class_names == class_names:
        model.head.set_weights(other.head.get_weights())
    else:
        print(
            f"the head starts anew: {len(class_names)} classes, which are not "
            f"the {other.num_classes} of {settings['init']}"
        )
    return model


def _compile(model, settings, steps):
    ema = settings["ema"]
    rate = falling_rate(
        settings["learning_rate"],
        settings["epochs"] * steps,
        settings["schedule"],
    )
    optimizer = averaged_adamw(rate, settings["weight_decay"], ema)
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=settings["label_smoothing"]
    )
    model.compile(
        optimizer, loss, metrics=["accuracy"], jit_compile=jit_compile()
    )
    optimizer.build(model.trainable_variables)


def _examples(folder, learned, mirror):
    """Images to learn from, and their labels; mirror images come last."""
    images = [folder.images[i] for i in learned]
    labels = folder.labels[learned]
    if mirror is None:
        return images, labels
    becomes = _mirrored_labels(mirror, folder.class_names)
    mirrored = np.flatnonzero(becomes[labels] >= 0)
    images += [images[i][:, ::-1] for i in mirrored]
    return images, np.concatenate([labels, becomes[labels[mirrored]]])


def _mirrored_labels(mirror, class_names):
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
                    f"`mirror` must have names of classes. Received: {known!r},"
                    f" not one of {', '.join(class_names)}"
                )
        becomes[class_names.index(name)] = class_names.index(other)
    return becomes


def _batches(images, labels, num_classes, settings):
    weights = None
    if settings["balance"]:
        counts = np.bincount(labels, minlength=num_classes)
        weights = (len(labels) / num_classes / counts)[labels].astype("float32")
    return SizeBuckets(
        images,
        np.eye(num_classes, dtype="float32")[labels],
        settings["batch_size"],
        settings["buckets"],
        settings["sizes"],
        settings["rescale"],
        _augmentation(settings),
        weights,
        settings["seed"],
    )


def _figures(model, images, labels, settings):
    """The `ClassificationQuality` of what validates, under its names."""
    if not len(labels):
        return {}
    sizes = settings["sizes"] or ()
    if len(sizes) == 1:
        images = [resize_bicubic(image, *sizes, *sizes) for image in images]
    logits = predict_logits(model, images, settings["batch_size"])
    quality = classification_quality(logits, labels)
    return {f"validation_{k}": v for k, v in quality._asdict().items()}


def _report(batches):
    if batches.sizes:
        sides = ", ".join(f"{side}x{side}" for side in batches.sizes)
        print(f"all images are warped to {sides}")
        return
    shapes = ", ".join(f"{w}x{h}" for h, w in sorted(batches.shapes.tolist()))
    print(f"{len(batches.shapes)} shapes of batches: {shapes}")
