"""The ball in all frames, by a model that follows it over time."""

from typing import NamedTuple

import numpy as np

from convzoo.training.football.motion_frames import (
    MotionInputs,
    with_known_balls,
)
from convzoo.training.football.motion_game import MotionGame
from convzoo.training.football.motion_sequences import mirrored, padded
from convzoo.training.football.tracking.known_paths import known_paths
from convzoo.training.football.tracking.runs_of_play import run_slices
from convzoo.zoo.football.ball_motion import BallMotion

# Moments per call, and those at each side whose answers are not used, unless
# the run ends there: they see too little.
_WINDOW, _MARGIN = 320, 64
# Windows per batch, each in four mirrored views.
_BATCH = 4
_VIEWS = ((1, 1), (-1, 1), (1, -1), (-1, -1))
# Least radii in metres: known balls have errors, too.
_LEAST = np.array([0.1, 0.3])


class Followed(NamedTuple):
    """The ball in all frames.

    Attributes:
        position: Positions `(frames, 2)` in metres.
        radius_50, radius_90: Radii `(frames,)` in metres that hold the ball
            with this probability.
    """

    position: np.ndarray
    radius_50: np.ndarray
    radius_90: np.ndarray


def follow_ball(
    game: MotionGame,
    model: BallMotion,
    times: np.ndarray,
    runs: np.ndarray,
    ball: np.ndarray,
) -> Followed:
    """Follow the ball through the runs of play of a game.

    Args:
        game: The `MotionGame` of the frames.
        model: A `BallMotion` of its rate.
        times, runs: Times `(frames,)` in seconds and runs of play `(frames,)`
            of all frames, also of those that the game leaves out.
        ball: Known balls `(frames, 2)`, NaN where unknown.
    """
    frames_of = {int(runs[part.start]): part for part in run_slices(runs)}
    windows: list[tuple[slice, slice]] = []
    inputs: list[MotionInputs] = []
    for moments in game.grid.stretches:
        part = frames_of[int(game.grid.runs[moments.start])]
        seen = with_known_balls(
            {name: each[moments] for name, each in game.inputs.items()},
            game.grid.times[moments],
            times[part],
            ball[part],
            model.causal,
        )
        for window, used in _windows(moments.stop - moments.start):
            inputs.append({name: each[window] for name, each in seen.items()})
            kept = slice(used.start - window.start, used.stop - window.start)
            windows.append((_moved(used, moments.start), kept))
    answers = np.zeros((len(game.ball), 4), "float32")
    for (place, kept), answer in zip(
        windows, _answers(model, inputs), strict=True
    ):
        answers[place] = answer[kept]
    return _at_all_frames(game, answers, times, frames_of, ball, model.causal)


def _moved(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)


def _windows(count: int) -> list[tuple[slice, slice]]:
    """Windows of a run, and the part of each whose answers are used."""
    if count <= _WINDOW:
        return [(slice(0, count), slice(0, count))]
    found, start, done = [], 0, 0
    while done < count:
        stop = min(start + _WINDOW, count)
        end = count if stop == count else stop - _MARGIN
        found.append((slice(start, stop), slice(done, end)))
        start, done = end - _MARGIN, end
    return found


def _answers(model: BallMotion, inputs: list[MotionInputs]) -> list[np.ndarray]:
    """Positions and radii `(moments, 4)` of each window."""
    answers: list[np.ndarray] = []
    for start in range(0, len(inputs), _BATCH):
        part = inputs[start : start + _BATCH]
        whole = [padded(each, _WINDOW) for each in part]
        # Batches of one shape: another would be compiled again.
        whole += whole[-1:] * (_BATCH - len(part))
        answers.extend(_mean_of_views(model, whole)[: len(part)])
    return answers


def _mean_of_views(
    model: BallMotion, windows: list[MotionInputs]
) -> np.ndarray:
    """Mean over mirrored views, each mirrored back."""
    batch = [
        mirrored(each, np.array(signs)) for signs in _VIEWS for each in windows
    ]
    names = batch[0].keys()
    found = model.predict_on_batch(
        {name: np.stack([each[name] for each in batch]) for name in names}
    )
    signs = np.repeat(_VIEWS, len(windows), axis=0).astype("float32")
    answers = np.concatenate(
        [
            found["position"] * np.expand_dims(signs, 1),
            np.expand_dims(found["radius_50"], 2),
            np.expand_dims(found["radius_90"], 2),
        ],
        axis=2,
    )
    shape = len(_VIEWS), len(windows), *answers.shape[1:]
    return answers.reshape(shape).mean(axis=0)


def _at_all_frames(
    game: MotionGame,
    answers: np.ndarray,
    times: np.ndarray,
    frames_of: dict[int, slice],
    ball: np.ndarray,
    causal: bool,
) -> Followed:
    """Answers between moments.

    What is interpolated is the distance from the curve through the known balls:
    next to them the answer is exact.
    """
    found = np.full((len(times), 4), np.nan)
    for moments in game.grid.stretches:
        part = frames_of[int(game.grid.runs[moments.start])]
        at, shown, here = times[part], ball[part], game.grid.times[moments]
        if np.isnan(at).any():
            found[part] = answers[moments]
            continue
        curve = np.nan_to_num(known_paths(at, shown, at, causal).curve)
        base = np.nan_to_num(known_paths(at, shown, here, causal).curve)
        apart = answers[moments].astype("float64")
        apart[:, :2] -= base
        known = np.flatnonzero(~np.isnan(shown).any(axis=1))
        # Moments of known balls have no error; others keep their answers.
        away = ~np.isin(here, at[known])
        knots = np.concatenate([here[away], at[known]])
        values = np.concatenate([apart[away], np.zeros((len(known), 4))])
        order = np.argsort(knots, kind="stable")
        found[part] = _between(at, knots[order], values[order], causal)
        found[part, :2] += curve
    radii = np.maximum(found[:, 2:], _LEAST)
    return Followed(found[:, :2], radii[:, 0], radii[:, 1])


def _between(
    at: np.ndarray, knots: np.ndarray, values: np.ndarray, causal: bool
) -> np.ndarray:
    """Interpolate linearly; looking back only, keep the last value."""
    if causal:
        last = np.searchsorted(knots, at, side="right") - 1
        return values[last.clip(0)]
    return np.stack([np.interp(at, knots, each) for each in values.T], axis=1)
