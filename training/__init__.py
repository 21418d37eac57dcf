"""What is needed while a model learns, and to say how well it did."""

from convzoo.training.augmentation import Augmentation as Augmentation
from convzoo.training.ball_augmentation import (
    BallAugmentation as BallAugmentation,
)
from convzoo.training.ball_frames import BallFrames as BallFrames
from convzoo.training.evaluate_ball import evaluate_ball as evaluate_ball
from convzoo.training.evaluate_sr import evaluate_sr as evaluate_sr
from convzoo.training.fill_ball import fill_ball as fill_ball
from convzoo.training.film_ball import film_ball as film_ball
from convzoo.training.image_folder import ImageFolder as ImageFolder
from convzoo.training.kloppy_tracking import kloppy_tracking as kloppy_tracking
from convzoo.training.patches import Patches as Patches
from convzoo.training.pitch_view import PitchView as PitchView
from convzoo.training.plot_ball import plot_ball as plot_ball
from convzoo.training.read_provider import read_provider as read_provider
from convzoo.training.read_tracking import read_tracking as read_tracking
from convzoo.training.render_pitch import render_pitch as render_pitch
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
    "PitchView",
    "Run",
    "SizeBuckets",
    "Tracking",
    "evaluate_ball",
    "evaluate_sr",
    "fill_ball",
    "film_ball",
    "kloppy_tracking",
    "plot_ball",
    "read_provider",
    "read_tracking",
    "render_pitch",
    "simulate_play",
    "train_ball",
    "train_classifier",
    "train_sr",
    "train_srgan",
]
