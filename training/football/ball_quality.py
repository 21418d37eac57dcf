"""Metrics of ball position predictions."""

from typing import NamedTuple

import numpy as np

from convzoo.training.football.block_bootstrap import block_bootstrap
from convzoo.training.football.tracking.tracking import Tracking


class BallQuality(NamedTuple):
    """Metrics over the frames of a game.

    Attributes:
        mean, median, percentile_90: Statistics of the distance to the ball, in
            metres.
        mean_low, mean_high: 95 % confidence interval of the mean, see
            `block_bootstrap`; NaN if there are too few frames.
        within_2, within_5, within_10: Fractions of frames with a distance of at
            most this many metres.
        top_1, top_3: Top-1 and top-3 accuracy of the carrier, with the player
            nearest to the ball as ground truth; NaN without predicted carriers.
        coverage_50, coverage_90: Fractions of frames with the ball within this
            radius; NaN without predicted radii.
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
    """Compute the metrics of predictions for the frames of a game.

    Args:
        game: A `Tracking` with a known ball in every frame.
        outputs: Arrays as in the output of `BallPositionPredictor`; all but
            `position` are optional.
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
    """Index of the player nearest to the ball, in each frame."""
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
