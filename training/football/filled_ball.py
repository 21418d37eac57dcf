"""What `fill_ball` returns."""

from typing import NamedTuple

import numpy as np

from convzoo.training.football.tracking.tracking import Tracking


class FilledBall(NamedTuple):
    """What `fill_ball` returns.

    Attributes:
        tracking: the same frames; `ball` is known in all that have a player.
        filled: booleans `(frames,)`, whose ball a model put there.
        radius_50, radius_90: `(frames,)`, metres around the ball in which it is
            with that probability; 0 where it was known, NaN where it is not.
        carrier: `(frames,)`, index of the player who most likely has the ball;
            -1 where nobody is seen, and from a model of pictures.
        team: `(frames,)`, the probability that it is one of team 1; NaN where
            `carrier` is -1.
    """

    tracking: Tracking
    filled: np.ndarray
    radius_50: np.ndarray
    radius_90: np.ndarray
    carrier: np.ndarray
    team: np.ndarray
