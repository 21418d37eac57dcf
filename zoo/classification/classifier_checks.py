"""Checks of the arguments of `SizeAgnosticClassifier`."""

from collections.abc import Sequence
from typing import Any, get_args

import keras

from convzoo.common.backbone_kinds import OF_OWN, OF_PRETRAINED
from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_number,
    check_positive,
    check_unused,
)
from convzoo.common.choices import (
    Backbone,
    OwnBackbone,
    PreprocessingMode,
    PretrainedBackbone,
)
from convzoo.common.types import Shape


def check_arguments(
    backbone: Backbone | keras.Model, arguments: dict[str, Any]
) -> None:
    """Raise a `ValueError` for an argument that is invalid.

    Args:
        backbone: The argument of that name.
        arguments: The other arguments, by name.
    """
    for name in ("num_classes", "width"):
        check_positive(name, arguments[name])
    for name in ("grid", "short_side"):
        if arguments[name] is not None:
            check_positive(name, arguments[name])
    for name in ("standardize", "normalize", "evidence"):
        check_flag(name, arguments[name])
    check_number("dropout", arguments["dropout"], 0, 1)
    check_above("temperature", arguments["temperature"], 0)
    check_choice(
        "preprocessing_mode",
        arguments["preprocessing_mode"],
        ("auto", *get_args(PreprocessingMode)),
    )
    _check_range(arguments["image_range"])
    _check_names(arguments["class_names"], arguments["num_classes"])
    _check_backbone(backbone, arguments)


def map_shape(backbone: keras.Model) -> Shape:
    """Return the shape of the feature maps that a Keras model outputs.

    Raises:
        ValueError: It does not output feature maps.
    """
    shape = backbone.output_shape
    if not isinstance(shape, tuple) or len(shape) != 4 or shape[-1] is None:
        raise ValueError(
            "`backbone` must output maps (batch, height, width, channels); "
            "models of keras.applications do with include_top=False. "
            f"Received: a model with output shape {shape}"
        )
    return shape


# Arguments that are for some kinds of backbones: their default, and for which.
_OF_OWN = {"standardize": False, "grid": None}
_OF_PRETRAINED = {"weights": None, "maps": None, "preprocessing_mode": "auto"}


def _check_backbone(
    backbone: Backbone | keras.Model, arguments: dict[str, Any]
) -> None:
    is_name = isinstance(backbone, str)
    if not isinstance(backbone, keras.Model):
        check_choice("backbone", backbone, get_args(Backbone))
    if backbone not in get_args(OwnBackbone):
        receives = (
            "a network with published weights has preprocessing of its own"
            if is_name
            else "a Keras model receives images unchanged"
        )
        check_unused(arguments, _OF_OWN, f"{OF_OWN}: {receives}")
    if backbone not in get_args(PretrainedBackbone):
        check_unused(arguments, _OF_PRETRAINED, OF_PRETRAINED)


def _check_range(image_range: Sequence[float]) -> None:
    if not isinstance(image_range, (tuple, list)) or len(image_range) != 2:
        raise ValueError(
            "`image_range` must be a pair (low, high). "
            f"Received: image_range={image_range!r}"
        )
    for index, value in enumerate(image_range):
        check_number(f"image_range[{index}]", value, float("-inf"))
    if not image_range[0] < image_range[1]:
        raise ValueError(
            "`image_range` must have low < high. "
            f"Received: image_range={image_range!r}"
        )


def _check_names(class_names: Sequence[str] | None, num_classes: int) -> None:
    if class_names is not None and len(class_names) != num_classes:
        raise ValueError(
            "`class_names` must have a name for each of the "
            f"{num_classes} classes. Received: {len(class_names)} names"
        )
