"""Models, whole and trained."""

from convzoo.zoo.ball_position_predictor import (
    BallPositionPredictor as BallPositionPredictor,
)
from convzoo.zoo.load_model import load_model as load_model
from convzoo.zoo.size_agnostic_classifier import (
    SizeAgnosticClassifier as SizeAgnosticClassifier,
)
from convzoo.zoo.sr_discriminator import SRDiscriminator as SRDiscriminator
from convzoo.zoo.sr_generator import SRGenerator as SRGenerator
from convzoo.zoo.srgan import SRGAN as SRGAN

__all__ = [
    "BallPositionPredictor",
    "SRGAN",
    "SRDiscriminator",
    "SRGenerator",
    "SizeAgnosticClassifier",
    "load_model",
]
