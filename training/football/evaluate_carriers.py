"""Evaluation of who is said to have the ball, where the ball is unknown."""

import numpy as np

from convzoo.common.choices import Motion
from convzoo.training.football.carrier_quality import (
    CarrierQuality,
    carrier_quality,
)
from convzoo.training.football.fill_ball import fill_ball
from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.possessions import possessions
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.ball_motion import BallMotion
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor


def evaluate_carriers(
    model: BallPositionPredictor,
    play: Tracking,
    motion: Motion | BallMotion | None = "smooth",
) -> dict[str, CarrierQuality]:
    """Hide all balls of a game, and compare predicted carriers with true ones.

    - `each frame`: the most likely carrier of each frame by itself.
    - `over time`: the same along the ball that is followed, see `fill_ball`.
    - `possessions`: those of `over time` who have the ball near and for long
      enough, see `possessions`; in other frames nobody has it.

    True carriers are those of the file, in frames where it has them. Without
    any they are the players nearest to the ball within 1.5 m, and nobody has a
    ball that is further away.

    Args:
        model: A `BallPositionPredictor`.
        play: A `Tracking` with balls or carriers.
        motion: What follows the ball, see `fill_ball`; None leaves `over time`
            and `possessions` out.

    Raises:
        ValueError: If `model` predicts no carriers.
    """
    if model.sees != "players":
        raise ValueError(
            "`model` must be a model of players: others predict no carriers. "
            f"Received: sees={model.sees!r}"
        )
    hidden = play.with_ball(np.full(play.ball.shape, np.nan))
    said = {"each frame": fill_ball(hidden, model, motion=None).carrier}
    if motion is not None:
        found = fill_ball(hidden, model, motion=motion)
        said["over time"] = found.carrier
        said["possessions"] = _possessors(found)
    if not has_carriers(play):
        return {n: carrier_quality(play, who) for n, who in said.items()}
    known = play.carrier >= 0
    return {
        name: carrier_quality(play[known], who[known], play.carrier[known])
        for name, who in said.items()
    }


def has_carriers(play: Tracking) -> bool:
    """Whether a file tells who has the ball."""
    return bool((play.carrier >= 0).any())


def _possessors(found: FilledBall) -> np.ndarray:
    """Carriers in possessions; -1 elsewhere."""
    carrier = np.full(len(found.carrier), -1)
    for one in possessions(found):
        frames = slice(one.first, one.last + 1)
        carrier[frames] = found.carrier[frames]
    return carrier
