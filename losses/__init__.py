"""Losses for images, generative models and ball positions."""

import convzoo.common.quiet_keras  # noqa: F401
from convzoo.losses.ball_path import BallPath
from convzoo.losses.ball_position import BallPosition
from convzoo.losses.charbonnier import Charbonnier, charbonnier
from convzoo.losses.contextual import Contextual, contextual
from convzoo.losses.contextual_bilateral import ContextualBilateral
from convzoo.losses.discriminator_loss import DiscriminatorLoss
from convzoo.losses.feature_extractor import FeatureExtractor
from convzoo.losses.fsim import FSIM, fsim
from convzoo.losses.generator_loss import GeneratorLoss
from convzoo.losses.gradient_penalty import gradient_penalty
from convzoo.losses.loss_metric import LossMetric
from convzoo.losses.lpips import LPIPS
from convzoo.losses.luma import Luma
from convzoo.losses.multi_scale_ssim import MultiScaleSSIM, multi_scale_ssim
from convzoo.losses.perceptual import Perceptual
from convzoo.losses.read_weights_file import read_weights_file
from convzoo.losses.ssim import SSIM, ssim
from convzoo.losses.style import Style
from convzoo.losses.total_variation import TotalVariation, total_variation
from convzoo.losses.weighted_sum import WeightedSum

__all__ = [
    "BallPath",
    "BallPosition",
    "Charbonnier",
    "Contextual",
    "ContextualBilateral",
    "DiscriminatorLoss",
    "FSIM",
    "FeatureExtractor",
    "GeneratorLoss",
    "LPIPS",
    "LossMetric",
    "Luma",
    "MultiScaleSSIM",
    "Perceptual",
    "SSIM",
    "Style",
    "TotalVariation",
    "WeightedSum",
    "charbonnier",
    "contextual",
    "fsim",
    "gradient_penalty",
    "multi_scale_ssim",
    "read_weights_file",
    "ssim",
    "total_variation",
]
