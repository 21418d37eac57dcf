"""Inputs of `BallMotion`."""

import numpy as np

from convzoo.training.football.tracking.known_paths import known_paths
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.zoo.football.motion_inputs import CANDIDATES, EVIDENCE

_CARRIERS = CANDIDATES.index("carrier_1")
_MOST = len(CANDIDATES) - _CARRIERS
# Seconds after which the evidence of a known ball falls to 1 / e.
_DECAYS = {"since_1": 1.0, "since_4": 4.0, "until_1": 1.0, "until_4": 4.0}

MotionInputs = dict[str, np.ndarray]


def motion_frames(
    tracking: Tracking, outputs: dict[str, np.ndarray]
) -> MotionInputs:
    """Candidates and evidence of each frame, without known balls.

    Args:
        tracking: A `Tracking`.
        outputs: The outputs of `predict_ball` for it.

    Returns:
        The inputs of `BallMotion`, without the axis of batches.
    """
    count = len(tracking)
    places = np.full((count, len(CANDIDATES), 2), np.nan, "float32")
    velocities = np.full_like(places, np.nan)
    evidence = np.zeros((count, len(EVIDENCE)), "float32")
    somebody = tracking.has_players
    frame = CANDIDATES.index("frame")
    places[somebody, frame] = outputs["position"][somebody]
    columns = {name: evidence[:, at] for at, name in enumerate(EVIDENCE)}
    columns["inside"][:] = 1
    for name in ("radius_50", "radius_90"):
        columns[name][somebody] = outputs[name][somebody]
    if "carrier" in outputs:
        columns["team"][somebody] = outputs["team"][somebody]
        _put_carriers(tracking, outputs["carrier"], places, velocities, columns)
    return {"places": places, "velocities": velocities, "evidence": evidence}


def _put_carriers(
    tracking: Tracking,
    carrier: np.ndarray,
    places: np.ndarray,
    velocities: np.ndarray,
    columns: dict[str, np.ndarray],
) -> None:
    """Put the most likely carriers, the likeliest first."""
    order = np.argsort(-carrier, axis=1, kind="stable")[:, :_MOST]
    rows = np.arange(len(order))
    for rank, who in enumerate(order.T):
        places[:, _CARRIERS + rank] = tracking.players[rows, who]
        velocities[:, _CARRIERS + rank] = tracking.velocities[rows, who]
        columns[f"share_{rank + 1}"][:] = carrier[rows, who]


def with_known_balls(
    inputs: MotionInputs,
    at: np.ndarray,
    times: np.ndarray,
    ball: np.ndarray,
    causal: bool,
) -> MotionInputs:
    """Add the known balls to frames of one run of play.

    Args:
        inputs: Inputs of `BallMotion` of these frames, see `motion_frames`.
        at: Times `(frames,)` of the frames in seconds.
        times, ball: Times `(balls,)` and positions `(balls, 2)` of the run, NaN
            where unknown.
        causal: Whether later balls are unknown to a frame.

    Returns:
        A copy.
    """
    paths = known_paths(times, ball, at, causal)
    inputs = {name: array.copy() for name, array in inputs.items()}
    for name in ("curve", "line"):
        index = CANDIDATES.index(name)
        inputs["places"][:, index] = getattr(paths, name)
        inputs["velocities"][:, index] = getattr(paths, f"{name}_velocity")
    evidence = inputs["evidence"]
    evidence[:, EVIDENCE.index("known")] = paths.since == 0
    for name, decay in _DECAYS.items():
        seconds = getattr(paths, name.split("_")[0])
        evidence[:, EVIDENCE.index(name)] = np.exp(-seconds / decay)
    return inputs
