"""A model whose class is not known beforehand."""

import keras

# Layers and losses that a file may name are known by then.
import convzoo.losses  # noqa: F401
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor
from convzoo.zoo.presets import get_preset
from convzoo.zoo.pretrained import run_named
from convzoo.zoo.super_resolution.sr_generator import SRGenerator

_CLASSES = {
    cls.__name__: cls
    for cls in (SRGenerator, SizeAgnosticClassifier, BallPositionPredictor)
}


def load_model(name):
    """The model of a preset, of a run, or of a `.keras` file.

    Args:
        name: as in `load` of the class, or a file that `save` wrote, of any
            Keras model.

    Raises:
        ValueError: there is no such preset, `name` holds no run of a model
            that has presets, or the file cannot be read.
    """
    if str(name).endswith(".keras"):
        return _of_file(name)
    run = run_named(name)
    if run is None:
        return _CLASSES[get_preset(name).model].from_preset(name)
    return _class_of(run[0]).from_run(*run)


def _of_file(path):
    try:
        return keras.saving.load_model(path, compile=False)
    except Exception as error:
        # Whatever classes the file names may raise while they are made.
        reason = str(error).strip().splitlines()[0]
        raise ValueError(f"{path}: cannot be read as a model ({reason})") from (
            error
        )


def _class_of(folder):
    """The class that takes the arguments of a run."""
    for cls in _CLASSES.values():
        if cls.is_run(folder):
            return cls
    raise ValueError(f"{folder}: holds no run of one of {', '.join(_CLASSES)}")
