from .classification.augmentation import Augmentation as Augmentation
from .classification.classifier_options import (
    ClassifierOptions as ClassifierOptions,
)
from .classification.evaluate_classifier import (
    evaluate_classifier as evaluate_classifier,
)
from .classification.fit_temperature import fit_temperature as fit_temperature
from .classification.image_folder import ImageFolder as ImageFolder
from .classification.size_buckets import SizeBuckets as SizeBuckets
from .classification.train_classifier import (
    train_classifier as train_classifier,
)
from .football.ball_augmentation import BallAugmentation as BallAugmentation
from .football.ball_frames import BallFrames as BallFrames
from .football.ball_options import BallOptions as BallOptions
from .football.carrier_quality import carrier_quality as carrier_quality
from .football.drawing.film_ball import film_ball as film_ball
from .football.drawing.pitch_view import PitchView as PitchView
from .football.drawing.plot_ball import plot_ball as plot_ball
from .football.drawing.render_pitch import render_pitch as render_pitch
from .football.evaluate_ball import evaluate_ball as evaluate_ball
from .football.fill_ball import fill_ball as fill_ball
from .football.motion_options import MotionOptions as MotionOptions
from .football.passes import passes as passes
from .football.possessions import possessions as possessions
from .football.simulate_play import simulate_play as simulate_play
from .football.tracking.kloppy_tracking import (
    kloppy_tracking as kloppy_tracking,
)
from .football.tracking.read_provider import read_provider as read_provider
from .football.tracking.read_tracking import read_tracking as read_tracking
from .football.tracking.tracking import Tracking as Tracking
from .football.train_ball import train_ball as train_ball
from .football.train_ball_motion import (
    train_ball_motion as train_ball_motion,
)
from .run import Run as Run
from .super_resolution.compare_images import compare_images as compare_images
from .super_resolution.evaluate_sr import evaluate_sr as evaluate_sr
from .super_resolution.patches import Patches as Patches
from .super_resolution.sr_options import SROptions as SROptions
from .super_resolution.srgan_options import SRGANOptions as SRGANOptions
from .super_resolution.train_sr import train_sr as train_sr
from .super_resolution.train_srgan import train_srgan as train_srgan
