"""How far a predictor of the ball is from it."""

import numpy as np

from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.predict_ball import predict_ball

# Of many frames as many do, evenly over them.
_ENOUGH = 1000


def mean_error(model, game):
    """In metres, over all frames of a `Tracking`, one view."""
    return ball_quality(game, predict_ball(model, game)).mean


def errors_of_parts(model, learned, held):
    """Of frames held out and of those learned from, up to 1,000 of these; each
    as they are, and from positions alone: four figures, in metres.
    """
    count = min(len(learned), _ENOUGH)
    some = learned[np.linspace(0, len(learned) - 1, count).astype(int)]
    return [
        mean_error(model, frames)
        for game in (held, some)
        for frames in (game, game.without_velocities())
    ]
