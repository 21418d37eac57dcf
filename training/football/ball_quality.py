"""How far a predictor is from the ball."""

from typing import NamedTuple

import numpy as np

from convzoo.training.football.block_bootstrap import block_bootstrap
from convzoo.training.football.tracking.tracking import Tracking


class BallQuality(NamedTuple):
    """Over the frames of a game.

    Attributes:
        mean, median, percentile_90: distances to the ball, in metres.
        mean_low, mean_high: ends of the interval in which the mean is with
            95 %, see `block_bootstrap`; NaN where frames are too few.
        within_2, within_5, within_10: shares of frames, metres.
        top_1, top_3: shares of frames in which the player nearest to the ball
            is the likeliest carrier, or among the three likeliest; NaN where a
            predictor names none.
        coverage_50, coverage_90: shares of frames in which the ball is within
            the radius of that probability; NaN where there is none.
    """

    mean: float
    mean_low: float
    mean_high: float
    median: float
    percentile_90: float
    within_2: float
    within_5: float
    within_10: float
    top_1: float
    top_3: float
    coverage_50: float
    coverage_90: float


def ball_quality(game: Tracking, outputs: dict[str, np.ndarray]) -> BallQuality:
    """Measure what was said of the frames of a game.

    Args:
        game: a `Tracking` whose ball is known in every frame.
        outputs: arrays as `BallPositionPredictor` gives them; `position` is
            enough.
    """
    distances = np.linalg.norm(outputs["position"] - game.ball, axis=1)
    low, high = block_bootstrap(distances, game.group)
    figures = {
        "mean": distances.mean(),
        "mean_low": low,
        "mean_high": high,
        "median": np.median(distances),
        "percentile_90": np.percentile(distances, 90),
    }
    for metres in (2, 5, 10):
        figures[f"within_{metres}"] = np.mean(distances <= metres)
    for count in (1, 3):
        figures[f"top_{count}"] = _share_in_top(game, outputs, count)
    for percent in (50, 90):
        radius = outputs.get(f"radius_{percent}", np.nan)
        inside = np.where(np.isnan(radius), np.nan, distances <= radius)
        figures[f"coverage_{percent}"] = inside.mean()
    return BallQuality(**{k: float(v) for k, v in figures.items()})


def nearest_players(game: Tracking) -> np.ndarray:
    """The index of the player nearest to the ball, in each frame."""
    ways = game.players - np.expand_dims(game.ball, 1)
    distances = np.linalg.norm(ways, axis=2)
    return np.where(np.isnan(distances), np.inf, distances).argmin(axis=1)


def _share_in_top(
    game: Tracking, outputs: dict[str, np.ndarray], count: int
) -> float:
    if "carrier" not in outputs:
        return np.nan
    likeliest = np.argsort(-outputs["carrier"], axis=1, kind="stable")
    nearest = np.expand_dims(nearest_players(game), 1)
    return np.mean((likeliest[:, :count] == nearest).any(axis=1))
