"""Imputation of missing ball positions in kloppy datasets."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from convzoo.training.football.filled_ball import FilledBall
from convzoo.training.football.tracking.kloppy_pitch import KloppyPitch, turns

if TYPE_CHECKING:
    from kloppy.domain import Frame, TrackingDataset


def fill_kloppy_ball(
    dataset: "TrackingDataset", found: FilledBall
) -> "TrackingDataset":
    """Copy filled ball positions to a kloppy dataset.

    Args:
        dataset: A kloppy `TrackingDataset`.
        found: The `FilledBall` for `kloppy_tracking(dataset, pitch)`.

    Returns:
        A copy of the dataset, in its coordinate system. `other_data` of filled
        frames has `ball_filled`, which is True, and `ball_radius_50` and
        `ball_radius_90`, in metres.
    """
    ground = KloppyPitch(dataset)
    scale = np.array(ground.size) / found.tracking.pitch
    places = ground.from_metres(found.tracking.ball * scale * turns(dataset))
    # Scaled by the larger factor: a circle must not lose probability.
    radii = np.stack([found.radius_50, found.radius_90], 1) * scale.max()
    frames = [
        _filled(frame, place, radius) if filled else dataclasses.replace(frame)
        for frame, filled, place, radius in zip(
            dataset.records, found.filled, places, radii, strict=True
        )
    ]
    return dataclasses.replace(dataset, records=frames)


def _filled(frame: "Frame", place: np.ndarray, radii: np.ndarray) -> "Frame":
    from kloppy.domain import Point3D

    x, y = map(float, place)
    radius_50, radius_90 = map(float, radii)
    return dataclasses.replace(
        frame,
        ball_coordinates=Point3D(x, y, None),
        other_data={
            **(frame.other_data or {}),
            "ball_filled": True,
            "ball_radius_50": radius_50,
            "ball_radius_90": radius_90,
        },
    )
