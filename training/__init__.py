"""What is needed while a model learns, and to say how well it did."""

from convzoo.training.classification.augmentation import (
    Augmentation as Augmentation,
)
from convzoo.training.classification.image_folder import (
    ImageFolder as ImageFolder,
)
from convzoo.training.classification.size_buckets import (
    SizeBuckets as SizeBuckets,
)
from convzoo.training.classification.train_classifier import (
    train_classifier as train_classifier,
)
from convzoo.training.football.ball_augmentation import (
    BallAugmentation as BallAugmentation,
)
from convzoo.training.football.ball_frames import BallFrames as BallFrames
from convzoo.training.football.drawing.film_ball import film_ball as film_ball
from convzoo.training.football.drawing.pitch_view import PitchView as PitchView
from convzoo.training.football.drawing.plot_ball import plot_ball as plot_ball
from convzoo.training.football.drawing.render_pitch import (
    render_pitch as render_pitch,
)
from convzoo.training.football.evaluate_ball import (
    evaluate_ball as evaluate_ball,
)
from convzoo.training.football.fill_ball import fill_ball as fill_ball
from convzoo.training.football.simulate_play import (
    simulate_play as simulate_play,
)
from convzoo.training.football.tracking.kloppy_tracking import (
    kloppy_tracking as kloppy_tracking,
)
from convzoo.training.football.tracking.read_provider import (
    read_provider as read_provider,
)
from convzoo.training.football.tracking.read_tracking import (
    read_tracking as read_tracking,
)
from convzoo.training.football.tracking.tracking import Tracking as Tracking
from convzoo.training.football.train_ball import train_ball as train_ball
from convzoo.training.run import Run as Run
from convzoo.training.super_resolution.evaluate_sr import (
    evaluate_sr as evaluate_sr,
)
from convzoo.training.super_resolution.patches import Patches as Patches
from convzoo.training.super_resolution.train_sr import train_sr as train_sr
from convzoo.training.super_resolution.train_srgan import (
    train_srgan as train_srgan,
)

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
