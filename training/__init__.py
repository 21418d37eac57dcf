"""What is needed while a model learns, and to say how well it did."""

from convzoo.training.evaluate_sr import evaluate_sr as evaluate_sr
from convzoo.training.patches import Patches as Patches
from convzoo.training.run import Run as Run
from convzoo.training.train_sr import train_sr as train_sr
from convzoo.training.train_srgan import train_srgan as train_srgan

__all__ = ["Patches", "Run", "evaluate_sr", "train_sr", "train_srgan"]
