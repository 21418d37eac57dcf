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


def filled_ball(
    tracking: Tracking,
    position: np.ndarray,
    radii: tuple[np.ndarray, np.ndarray],
    possible: np.ndarray,
) -> FilledBall:
    """Put positions where the ball is unknown. Nobody has it yet.

    Args:
        tracking: A `Tracking`.
        position: Positions `(frames, 2)` in metres.
        radii: The two radii `(frames,)`.
        possible: Mask `(frames,)` of the frames that can be filled.
    """
    known = tracking.has_ball
    filled = ~known & possible
    radius_50, radius_90 = (
        np.where(filled, each, np.where(known, 0, np.nan)) for each in radii
    )
    ball = np.where(np.expand_dims(filled, 1), position, tracking.ball)
    unknown = np.full(len(tracking), np.nan)
    return FilledBall(
        tracking.with_ball(ball),
        filled,
        radius_50,
        radius_90,
        np.full(len(tracking), -1),
        unknown,
        unknown,
    )
