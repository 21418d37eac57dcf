"""Errors of a ball position predictor."""

import numpy as np

from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.predict_ball import predict_ball

# Training frames to evaluate at most, evenly spaced.
_MAX_FRAMES = 1000


def mean_error(model, game):
    """Return the mean error over a `Tracking`, in metres, from one view."""
    return ball_quality(game, predict_ball(model, game)).mean


def errors_of_parts(model, learned, held):
    """Return four mean errors, in metres, from one view.

    Two are on held-out frames, with velocities and from positions alone; two
    are the same on training frames, of which at most 1,000 are used.
    """
    count = min(len(learned), _MAX_FRAMES)
    some = learned[np.linspace(0, len(learned) - 1, count).astype(int)]
    return [
        mean_error(model, frames)
        for game in (held, some)
        for frames in (game, game.without_velocities())
    ]
