"""A model whose class is not known beforehand."""

from convzoo.zoo.ball_position_predictor import BallPositionPredictor
from convzoo.zoo.presets import get_preset
from convzoo.zoo.pretrained import run_named
from convzoo.zoo.size_agnostic_classifier import SizeAgnosticClassifier
from convzoo.zoo.sr_generator import SRGenerator

_CLASSES = {
    cls.__name__: cls
    for cls in (SRGenerator, SizeAgnosticClassifier, BallPositionPredictor)
}


def load_model(name):
    """The model of a preset, or of a run.

    Args:
        name: as in `load` of the class.

    Raises:
        ValueError: there is no such preset, or `name` holds no run of a model
            that has presets.
    """
    run = run_named(name)
    if run is None:
        return _CLASSES[get_preset(name).model].from_preset(name)
    return _class_of(run[0]).from_run(*run)


def _class_of(folder):
    """The class that takes the arguments of a run."""
    for cls in _CLASSES.values():
        if cls.is_run(folder):
            return cls
    raise ValueError(f"{folder}: holds no run of one of {', '.join(_CLASSES)}")
