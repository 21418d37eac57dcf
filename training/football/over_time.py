"""A model that follows the ball through holes of known play."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from convzoo.training.football.follow_ball import Followed, follow_ball
from convzoo.training.football.motion_game import MotionGame, motion_game
from convzoo.training.football.tracking.runs_of_play import (
    frame_times,
    runs_of_play,
)
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_motion import BallMotion
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor


@dataclass(frozen=True)
class OverTime:
    """Fills holes of one game. Frames are predicted once: they see no ball.

    Attributes:
        game: The `MotionGame`.
        follower: A `BallMotion`.
        times, runs: Times and runs of play of all frames.
    """

    game: MotionGame
    follower: BallMotion
    times: np.ndarray
    runs: np.ndarray

    @classmethod
    def of(
        cls,
        model: BallPositionPredictor,
        play: Tracking,
        follower: BallMotion,
    ) -> Self:
        """Predict the frames of a `Tracking`."""
        game = motion_game(play, model, follower.frame_rate)
        return cls(game, follower, frame_times(play), runs_of_play(play))

    def __call__(self, holed: Tracking) -> np.ndarray:
        """Balls `(frames, 2)` of the game with other known balls."""
        return self._followed(holed.ball).position

    def coverage(self, ball: np.ndarray) -> tuple[float, float]:
        """Shares of the balls in the radii of 50 and 90 %, if none is known.

        Args:
            ball: The true balls `(frames, 2)`, NaN where unknown.
        """
        found = self._followed(np.full_like(ball, np.nan))
        away = np.linalg.norm(found.position - ball, axis=1)
        counted = ~np.isnan(away)
        first, second = (
            float(np.mean(away[counted] <= radius[counted]))
            for radius in (found.radius_50, found.radius_90)
        )
        return first, second

    def _followed(self, ball: np.ndarray) -> Followed:
        return follow_ball(
            self.game, self.follower, self.times, self.runs, ball
        )
