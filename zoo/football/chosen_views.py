"""A predictor of the ball with another choice of views."""

from typing import Any

import keras

from convzoo.common.types import Tensor
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor


class ChosenViews(keras.Model):
    """The same weights, with its own compiled function.

    Args:
        model: A `BallPositionPredictor`.
        flips: As the call argument of the model.
    """

    def __init__(self, model: BallPositionPredictor, flips: bool) -> None:
        super().__init__(autocast=False)
        self.model = model
        self.flips = flips
        self.built = True

    def build(self, *_: Any) -> None:
        """Do nothing: the model is built already."""

    def call(self, inputs: Any) -> dict[str, Tensor]:
        return self.model(inputs, training=False, flips=self.flips)
