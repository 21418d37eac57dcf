"""Ways to fill holes in known play."""

from collections.abc import Callable
from functools import partial

import numpy as np

from convzoo.training.football.interpolate_ball import interpolate_ball
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

# From play with missing balls to balls `(frames, 2)`.
Filler = Callable[[Tracking], np.ndarray]


def ball_fillers(
    model: BallPositionPredictor, play: Tracking
) -> dict[str, Filler]:
    """Ways to fill holes in the play of a file, by name.

    - `straight line`: between the known balls around the hole, at constant
      speed, see `interpolate_ball`.
    - `cubic`: the same with two known balls on each side.
    - `each frame`: the prediction of the model, which sees no ball. It is
      computed once, here.

    Args:
        model: A `BallPositionPredictor`.
        play: A `Tracking`, into which holes will be cut.

    Raises:
        ValueError: If the pitch is not that of the model.
    """
    each_frame = predict_ball(model, play)["position"]
    return {
        "straight line": interpolate_ball,
        "cubic": partial(interpolate_ball, nodes=2),
        "each frame": lambda _: each_frame,
    }
