"""Models with trained weights.

Importing this package registers the classes with Keras, which
`keras.saving.load_model` needs.
"""

import convzoo.common.quiet_keras  # noqa: F401
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier as SizeAgnosticClassifier,
)
from convzoo.zoo.football.ball_motion import BallMotion as BallMotion
from convzoo.zoo.football.ball_position_predictor import (
    BallPositionPredictor as BallPositionPredictor,
)
from convzoo.zoo.load_model import load_model as load_model
from convzoo.zoo.super_resolution.sr_discriminator import (
    SRDiscriminator as SRDiscriminator,
)
from convzoo.zoo.super_resolution.sr_generator import SRGenerator as SRGenerator
from convzoo.zoo.super_resolution.srgan import SRGAN as SRGAN

__all__ = [
    "BallMotion",
    "BallPositionPredictor",
    "SRGAN",
    "SRDiscriminator",
    "SRGenerator",
    "SizeAgnosticClassifier",
    "load_model",
]
