"""Inputs of `BallMotion`: their names, checks and parts."""

from typing import Any

import numpy as np
from keras import ops

from convzoo.common.types import Tensor

# Candidates of the ball's position in a frame. The first that is there is the
# reference of the others. Two paths lead through the known balls: curved and
# straight, or, looking back only, going on and standing still.
CANDIDATES = ("curve", "line", "frame", "carrier_1", "carrier_2", "carrier_3")
# Evidence of a frame. `inside` is 1, and 0 for padding. `known` is 1 where the
# ball is known. The next four fall with the time to the known balls around.
# Radii are of the frame's prediction, in metres; shares are the probabilities
# of the three most likely carriers, and `team` that of team 1.
EVIDENCE = (
    "inside",
    "known",
    "since_1",
    "since_4",
    "until_1",
    "until_4",
    "radius_50",
    "radius_90",
    "share_1",
    "share_2",
    "share_3",
    "team",
)
_NAMES = {"places", "velocities", "evidence"}
_RADII = [EVIDENCE.index("radius_50"), EVIDENCE.index("radius_90")]
# Unit in which the network sees radii, in metres.
_RADIUS = 10.0


def checked_inputs(inputs: Any) -> dict[str, Any]:
    """The inputs, with one tensor `(batch, frames, 2)` per candidate.

    Raises:
        ValueError: If keys or shapes are wrong.
    """
    if not isinstance(inputs, dict) or set(inputs) != _NAMES:
        keys = sorted(inputs) if isinstance(inputs, dict) else type(inputs)
        raise ValueError(
            "The input must be a dictionary with 'places', 'velocities' and "
            f"'evidence'. Received: {keys}"
        )
    seen = {
        name: ops.convert_to_tensor(array, "float32")
        for name, array in inputs.items()
    }
    for name, ends in (
        ("places", (len(CANDIDATES), 2)),
        ("velocities", (len(CANDIDATES), 2)),
        ("evidence", (len(EVIDENCE),)),
    ):
        shape = tuple(seen[name].shape)
        if len(shape) != 2 + len(ends) or shape[2:] != ends:
            wanted = ", ".join(map(str, ends))
            raise ValueError(
                f"`{name}` must have the shape (batch, frames, {wanted}). "
                f"Received: {shape}"
            )
    vectors = {
        name: [seen[name][:, :, index] for index in range(len(CANDIDATES))]
        for name in ("places", "velocities")
    }
    return {**vectors, "evidence": seen["evidence"]}


def is_there(vectors: Tensor) -> Tensor:
    """1 where both coordinates are numbers, else 0, `(batch, frames, 1)`."""
    numbers = ops.logical_not(ops.isnan(vectors))
    return ops.cast(ops.all(numbers, axis=2, keepdims=True), "float32")


def without_nan(vectors: Tensor) -> Tensor:
    """Coordinates, 0 for NaN."""
    return ops.where(ops.isnan(vectors), ops.zeros_like(vectors), vectors)


def first_of(places: list[Tensor], there: list[Tensor]) -> Tensor:
    """The first candidate that is there; the centre spot if none is."""
    found, left = ops.zeros_like(places[0]), ops.ones_like(there[0])
    for place, here in zip(places, there, strict=True):
        found = found + place * (here * left)
        left = left * (1 - here)
    return found


def seen_evidence(evidence: Tensor) -> Tensor:
    """Evidence with logarithms of the radii, and 0 for NaN."""
    evidence = without_nan(evidence)
    low, high = min(_RADII), max(_RADII) + 1
    # ONNX has no log1p.
    radii = ops.log(1 + ops.maximum(evidence[:, :, low:high], 0))
    return ops.concatenate(
        [
            evidence[:, :, :low],
            radii / np.log1p(_RADIUS),
            evidence[:, :, high:],
        ],
        axis=2,
    )


def shares_of(scores: Tensor, there: list[Tensor]) -> Tensor:
    """Weights of the candidates; all 0 if none is there."""
    here = ops.concatenate(there, axis=2)
    odds = ops.exp(scores - ops.max(scores, axis=2, keepdims=True)) * here
    total = ops.sum(odds, axis=2, keepdims=True)
    return odds / ops.maximum(total, 1e-30)
