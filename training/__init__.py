"""What is needed while a model learns, and to say how well it did."""

from convzoo.training.augmentation import Augmentation as Augmentation
from convzoo.training.ball_augmentation import (
    BallAugmentation as BallAugmentation,
)
from convzoo.training.ball_frames import BallFrames as BallFrames
from convzoo.training.evaluate_sr import evaluate_sr as evaluate_sr
from convzoo.training.fill_ball import fill_ball as fill_ball
from convzoo.training.image_folder import ImageFolder as ImageFolder
from convzoo.training.patches import Patches as Patches
from convzoo.training.read_tracking import read_tracking as read_tracking
from convzoo.training.run import Run as Run
from convzoo.training.simulate_play import simulate_play as simulate_play
from convzoo.training.size_buckets import SizeBuckets as SizeBuckets
from convzoo.training.tracking import Tracking as Tracking
from convzoo.training.train_ball import train_ball as train_ball
from convzoo.training.train_classifier import (
    train_classifier as train_classifier,
)
from convzoo.training.train_sr import train_sr as train_sr
from convzoo.training.train_srgan import train_srgan as train_srgan

__all__ = [
    "Augmentation",
    "BallAugmentation",
    "BallFrames",
    "ImageFolder",
    "Patches",
    "Run",
    "SizeBuckets",
    "Tracking",
    "evaluate_sr",
    "fill_ball",
    "read_tracking",
    "simulate_play",
    "train_ball",
    "train_classifier",
    "train_sr",
    "train_srgan",
]
