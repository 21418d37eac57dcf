"""The result of `fill_ball`."""

from typing import NamedTuple

import numpy as np

from convzoo.training.football.tracking.tracking import Tracking


class FilledBall(NamedTuple):
    """Frames with filled ball positions.

    Attributes:
        tracking: The frames. `ball` is known wherever a player is visible, or
            a ball in the same run of play is known and `motion` is not None.
        filled: Mask `(frames,)` of the predicted ball positions.
        radius_50, radius_90: Radii `(frames,)` in metres that contain the ball
            with this probability; 0 where the ball was known, NaN where it
            still is not.
        carrier: Indices `(frames,)` of the most likely carriers; -1 without
            visible players, and for models with image inputs.
        team: Probabilities `(frames,)` that the carrier is in team 1; NaN where
            `carrier` is -1.
        certainty: Probabilities `(frames,)` of `carrier`, given that a player
            has the ball; NaN where `carrier` is -1.
    """

    tracking: Tracking
    filled: np.ndarray
    radius_50: np.ndarray
    radius_90: np.ndarray
    carrier: np.ndarray
    team: np.ndarray
    certainty: np.ndarray
