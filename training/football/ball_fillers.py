"""Ways to fill holes in known play."""

from collections.abc import Callable
from functools import partial

import numpy as np

from convzoo.common.choices import Motion
from convzoo.training.football.interpolate_ball import interpolate_ball
from convzoo.training.football.named_motion import named_motion
from convzoo.training.football.over_time import OverTime
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_motion import BallMotion
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

# From play with missing balls to balls `(frames, 2)`.
Filler = Callable[[Tracking], np.ndarray]


def ball_fillers(
    model: BallPositionPredictor,
    play: Tracking,
    motion: Motion | BallMotion | None = "smooth",
) -> dict[str, Filler]:
    """Ways to fill holes in the play of a file, by name.

    - `straight line`: between the known balls around the hole, at constant
      speed, see `interpolate_ball`.
    - `cubic`: the same with two known balls on each side.
    - `each frame`: the prediction of the model, which sees no ball. It is
      computed once, here.
    - `over time`: that prediction, followed through the known balls, see
      `fill_ball`.

    Args:
        model: A `BallPositionPredictor`.
        play: A `Tracking`, into which holes will be cut.
        motion: What follows the ball, see `fill_ball`; None leaves `over time`
            out.
    """
    each_frame = predict_ball(model, play)["position"]
    fillers: dict[str, Filler] = {
        "straight line": interpolate_ball,
        "cubic": partial(interpolate_ball, nodes=2),
        "each frame": lambda _: each_frame,
    }
    follower = named_motion(motion)
    if follower is not None:
        fillers["over time"] = OverTime.of(model, play, follower)
    return fillers
