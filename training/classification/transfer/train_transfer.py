"""Training of a classifier whose backbone has published weights."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from convzoo.common.option import arguments_of
from convzoo.training.classification.classification_quality import (
    validation_figures,
)
from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.classification.data_advice import data_advice
from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.classification.training_plan import transfer_plan
from convzoo.training.classification.transfer.chosen_size import (
    chosen_size,
    has_features,
    remove_features,
)
from convzoo.training.classification.transfer.dense_head import DenseHead
from convzoo.training.classification.transfer.examples import Examples
from convzoo.training.classification.transfer.fine_tuning import (
    GAIN,
    FineTuning,
)
from convzoo.training.classification.transfer.head_search import (
    HeadSearch,
    TriedHead,
)
from convzoo.training.classification.transfer.transfer_data import TransferData
from convzoo.training.run import Run
from convzoo.training.run_log import read_log
from convzoo.training.run_settings import read_settings, run_settings
from convzoo.zoo.classification.classifier_memory import bytes_per_pixel
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.copied import copied
from convzoo.zoo.images.memory import check_memory

# Shorter sides to try, in pixels. Most published weights learned from 224;
# pyramids of photographs are better at a little less.
_SIDES = (192, 160, 224, 288)
# With more images than these, only the first side is tried.
_MANY = 2000
# Largest size of all features. Regressions take copies of them.
_MOST_BYTES = 5e8


def train_transfer(
    options: ClassifierOptions,
    start: SizeAgnosticClassifier,
    data: TransferData,
    tell: Callable[[str], None],
) -> Run:
    """Train a dense layer on features, and the network if it is asked for.

    The network stays as it is at first: its features are computed once, and
    cross-validation chooses the size of the images and the regularisation of a
    logistic regression. `fine_tune` goes on from there with the upper layers of
    the network, and keeps what is better on held-out images.

    Args:
        options: Options with a backbone that has published weights.
        start: The classifier of `pretrained_start`.
        data: The images.
        tell: Called with what is going on.
    """
    model = _for_classes(start, data.folder.class_names, options.precision)
    model = _within_memory(model, len(data.folder), tell)
    split = data.split(options.hold_out, options.balance)
    tuning = FineTuning(options, split, tell)
    examples = data.examples(options.balance)
    sides = _sides(options, len(examples.labels))
    for line in _advice(options, data.folder, examples):
        tell(line)
    tell(transfer_plan(sides, options.fine_tune))
    # Where the network is trained too, other images validate.
    validates = examples.validates
    score = "-validation_loss"
    if options.fine_tune:
        validates, score = tuning.validates, GAIN
    run = Run(
        options.out,
        {
            **run_settings(options, model, **data.fingerprints),
            **_planned(options),
        },
        tuning.figures,
        score=score if validates else "epoch",
        patience=options.patience,
        extend=options.extend,
        save_minutes=options.save_minutes,
    )
    run.log = read_log(run.folder)
    if run.log and not has_features(run.folder) and not options.extend:
        return run
    with run.opened():
        chosen = chosen_size(
            model,
            examples,
            sides,
            options.max_stretch,
            run.folder,
            options.verbose,
        )
        fitted = with_head(
            model, chosen.side, chosen.head, chosen.tried.temperature
        )
        if not options.fine_tune:
            run.record(fitted, _figures(chosen.tried))
            remove_features(run.folder)
            return run
        search = HeadSearch(chosen.features, split)
        # Training starts from calibrated logits.
        head = search.fitted(chosen.tried.strength).calibrated(
            chosen.tried.temperature
        )
        start = with_head(model, chosen.side, head)
        figures = tuning.figures(start)
        if not run.log:
            run.record(start, figures)
    tuning.train(start, chosen.side, run)
    with run.opened():
        better = tuning.best(run)
        if better is None:
            tell(
                "fine-tuning classified no more held-out images correctly than "
                "chance explains: the dense layer is kept, fitted to all images"
            )
        run.replace_best(fitted if better is None else better)
        remove_features(run.folder)
    return run


def pretrained_start(options: ClassifierOptions) -> SizeAgnosticClassifier:
    """Return a classifier with the weights that training starts from.

    It needs no images: what is wrong with the weights is said before they are
    read. Its dense layer has random weights, and two classes unless `init` has
    more.

    Raises:
        ValueError: The weights cannot be found, or belong to another network.
    """
    keras.utils.set_random_seed(options.seed)
    if options.init is not None:
        model = SizeAgnosticClassifier.from_preset(options.init)
    else:
        arguments = arguments_of(SizeAgnosticClassifier, options)
        model = SizeAgnosticClassifier(2, **arguments, dtype=options.precision)
    if options.short_side is not None:
        _check_side(model, options.short_side)
    return model


def _check_side(model: SizeAgnosticClassifier, side: int) -> None:
    if side < model.smallest_side:
        raise ValueError(
            f"`short_side` must be at least {model.smallest_side} for "
            f"{model.backbone!r}. Received: short_side={side}"
        )
    check_memory(
        bytes_per_pixel(model.backbone, model.width) * side**2,
        f"an image of {side}x{side} pixels",
        "pass a smaller `short_side`",
    )


def _for_classes(
    start: SizeAgnosticClassifier, class_names: list[str], precision: str
) -> SizeAgnosticClassifier:
    """The classifier of other classes, with a dense layer of random weights."""
    model = SizeAgnosticClassifier(
        **{
            **start.arguments,
            "num_classes": len(class_names),
            "class_names": class_names,
            "normalize": True,
            "temperature": 1.0,
        },
        dtype=precision,
    )
    model.network.set_weights(start.network.get_weights())
    return model


def _within_memory(
    model: SizeAgnosticClassifier, count: int, tell: Callable[[str], None]
) -> SizeAgnosticClassifier:
    """Return the classifier with as many bins as there is memory for.

    Args:
        model: The classifier.
        count: Number of images.
        tell: Called with what is going on.
    """
    bins = list(model.bins)
    config = model.get_config()
    fewer = model
    while 4 * count * fewer.num_features > _MOST_BYTES and len(bins) > 1:
        del bins[-1]
        fewer = SizeAgnosticClassifier.from_config({**config, "bins": bins})
    if fewer is not model:
        fewer.network.set_weights(model.network.get_weights())
        tell(
            f"the pyramid has the bins {', '.join(map(str, bins))}: the "
            f"features of {count} images with all of {model.bins} are too large"
        )
    return fewer


def with_head(
    model: SizeAgnosticClassifier,
    side: int,
    head: DenseHead,
    temperature: float = 1.0,
) -> SizeAgnosticClassifier:
    """Return the same classifier with a dense layer that was fitted.

    Args:
        model: The classifier.
        side: Its `short_side`.
        head: Weights of the dense layer.
        temperature: Its `temperature`.
    """
    other = copied(model, short_side=side, temperature=temperature)
    other.head.set_weights([head.kernel, head.bias])
    return other


def _advice(
    options: ClassifierOptions, folder: ImageFolder, examples: Examples
) -> list[str]:
    """Lines on what is unusual about the images."""
    count = len(folder.class_names)
    validated = examples.labels[examples.folds >= 0]
    return data_advice(
        options,
        folder.class_names,
        np.bincount(folder.labels, minlength=count),
        np.bincount(validated, minlength=count),
    )


def _planned(options: ClassifierOptions) -> dict[str, Any]:
    """The steps that `minutes` allowed, of a run that is there."""
    settings = read_settings(options.out) or {}
    is_planned = options.planned_minutes is not None and "steps" in settings
    return {"steps": settings["steps"]} if is_planned else {}


def _sides(options: ClassifierOptions, count: int) -> tuple[int, ...]:
    """The lengths of the shorter side to try, for a number of images."""
    if options.short_side is not None:
        return (options.short_side,)
    return _SIDES if count <= _MANY else _SIDES[:1]


def _figures(tried: TriedHead) -> dict[str, float]:
    if tried.quality is None:
        return {}
    return validation_figures(tried.quality, tried.num_validated)
