"""Evaluation of ways to fill holes in known play."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from convzoo.common.checks import check_above
from convzoo.training.football.ball_fillers import Filler
from convzoo.training.football.block_bootstrap import block_bootstrap
from convzoo.training.football.hole_frames import hole_frames
from convzoo.training.football.tracking.tracking import Tracking


class HoleError(NamedTuple):
    """Distance of filled balls to the true ones, in metres.

    Attributes:
        mean: Mean over the frames of all holes.
        low, high: 95 % confidence interval of the mean, see `block_bootstrap`;
            NaN if there are too few holes.
    """

    mean: float
    low: float
    high: float


class HoleErrors(NamedTuple):
    """Errors in holes of one length.

    Attributes:
        seconds: Length of the holes; infinite if no ball was known at all.
        holes: Number of holes; 0 if none fits.
        errors: `HoleError` of each filler, by name; empty without holes.
    """

    seconds: float
    holes: int
    errors: dict[str, HoleError]


def fill_holes(
    play: Tracking,
    fillers: Mapping[str, Filler],
    holes: Sequence[float],
    passes: int = 4,
) -> list[HoleErrors]:
    """Cut balls out of known play, and measure how well they are filled.

    For each length, up to 200 holes, see `hole_frames`. Each filler is called
    once per length and pass, with all holes of the pass cut. A length of
    infinity cuts all balls out.

    Args:
        play: A `Tracking`.
        fillers: Functions from a `Tracking` with missing balls to balls
            `(frames, 2)`, by name.
        holes: Lengths of holes in seconds.
        passes: Number of copies of the play for each length.

    Returns:
        One `HoleErrors` for each length.

    Raises:
        ValueError: If an argument is invalid.
    """
    for seconds in holes:
        if seconds != math.inf:
            check_above("holes", seconds, 0)
    return [_fill(play, fillers, seconds, passes) for seconds in holes]


def _fill(
    play: Tracking, fillers: Mapping[str, Filler], seconds: float, passes: int
) -> HoleErrors:
    if math.isinf(seconds):
        return _fill_all(play, fillers)
    frames = hole_frames(play, seconds, passes)
    if not len(frames):
        return HoleErrors(seconds, 0, {})
    distances = {name: np.zeros(frames.shape) for name in fillers}
    for first in range(min(passes, len(frames))):
        cut = frames[first::passes]
        ball = play.ball.copy()
        ball[cut] = np.nan
        for name, filler in fillers.items():
            # A copy for each, which it may change.
            found = filler(play.with_(ball=ball.copy()))[cut]
            distances[name][first::passes] = np.linalg.norm(
                found - play.ball[cut], axis=2
            )
    errors = {name: _error(each, passes) for name, each in distances.items()}
    return HoleErrors(seconds, len(frames), errors)


def _fill_all(play: Tracking, fillers: Mapping[str, Filler]) -> HoleErrors:
    """Errors of the fillers that need no known ball."""
    counted = play.has_ball & play.has_players
    if not counted.any():
        return HoleErrors(math.inf, 0, {})
    unknown = play.with_(ball=np.full_like(play.ball, np.nan))
    errors = {}
    for name, filler in fillers.items():
        found = filler(unknown.with_(ball=unknown.ball.copy()))
        distances = np.linalg.norm(found - play.ball, axis=1)[counted]
        if np.isnan(distances).any():
            errors[name] = HoleError(np.nan, np.nan, np.nan)
            continue
        low, high = block_bootstrap(distances, np.zeros(len(distances), int))
        errors[name] = HoleError(float(distances.mean()), low, high)
    return HoleErrors(math.inf, 1, errors)


def _error(distances: np.ndarray, passes: int) -> HoleError:
    """Mean and interval of distances `(holes, frames)`."""
    # Consecutive holes, one of each pass, overlap or are close to each other.
    # They are a block.
    group = np.arange(len(distances)) // passes
    block = min(passes, len(distances)) * distances.shape[1]
    low, high = block_bootstrap(
        distances.ravel(), np.repeat(group, distances.shape[1]), block
    )
    return HoleError(float(distances.mean()), low, high)
