"""Conversion between the coordinates of a kloppy dataset and metres."""

import math
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from kloppy.domain import (
        CoordinateSystem,
        Dimension,
        Frame,
        Point,
        TrackingDataset,
    )

# The size that kloppy assumes for a pitch of unknown size.
_USUAL = (105.0, 68.0)
# Kloppy maps a point in 70 microseconds, and a game has three million. Since it
# maps each axis separately and piecewise linearly, interpolation between this
# many points per axis suffices. They reach one pitch length beyond each side.
_KNOTS = 2001
_AROUND = 1.0


class KloppyPitch:
    """The pitch of a kloppy `TrackingDataset`.

    Metres are relative to the centre spot, x along the length and y along the
    width, upwards in kloppy's sense. The mapping from the coordinate system of
    the dataset is kloppy's.

    Args:
        dataset: A kloppy `TrackingDataset`.

    Attributes:
        size: Length and width of the pitch in metres; 105 x 68 if a dataset
            with normalized coordinates does not state them.

    Raises:
        ValueError: If `dataset` has the wrong type, or its coordinates have no
            scale.
    """

    def __init__(self, dataset: "TrackingDataset") -> None:
        if not is_kloppy(dataset):
            raise ValueError(
                "`dataset` must be a TrackingDataset of kloppy. "
                f"Received: {type(dataset).__name__}"
            )
        system = dataset.metadata.coordinate_system
        ground = system and system.pitch_dimensions
        if not ground or None in (ground.x_dim.max, ground.y_dim.max):
            raise ValueError(
                "`dataset` must state its coordinate system and pitch size; "
                "kloppy's loaders take `coordinates`, and some take "
                "`pitch_length` and `pitch_width`. Received: coordinate_system="
                f"{type(system).__name__}, without a size"
            )
        self.size = (
            float(ground.pitch_length or _USUAL[0]),
            float(ground.pitch_width or _USUAL[1]),
        )
        # Providers place a missing ball below this height.
        self._deepest = -(ground.goal_height or 2.44)
        self._own = np.stack([_line(ground.x_dim), _line(ground.y_dim)], axis=1)
        self._metres = _mapped(self._own, system, self.size)

    def to_metres(self, points: ArrayLike) -> np.ndarray:
        """Convert coordinates `(..., 2)` of the dataset to metres.

        Points more than one pitch length beyond the pitch are clipped.
        """
        return _interpolated(points, self._own, self._metres)

    def from_metres(self, points: ArrayLike) -> np.ndarray:
        """Convert metres `(..., 2)` to coordinates of the dataset."""
        return _interpolated(points, self._metres, self._own)

    def has_ball(self, frame: "Frame") -> bool:
        """Whether the ball of a frame is known.

        Providers encode a missing ball as None, as NaN, or far below the
        ground.
        """
        ball = frame.ball_coordinates
        if not has_place(ball):
            return False
        height = getattr(ball, "z", None)
        return height is None or not height < self._deepest


def is_kloppy(dataset: object) -> bool:
    """Whether it is a kloppy `TrackingDataset`, without importing kloppy."""
    domain = sys.modules.get("kloppy.domain")
    return domain is not None and isinstance(dataset, domain.TrackingDataset)


def has_place(point: "Point | None") -> bool:
    """Whether a kloppy point has coordinates."""
    return point is not None and not (
        math.isnan(point.x) or math.isnan(point.y)
    )


def turns(dataset: "TrackingDataset") -> np.ndarray:
    """Signs `(frames, 1)`: -1 where the home team plays to the left, else 1.

    Multiplied with positions in metres, they turn the home team to the right.
    """
    from kloppy.domain import AttackingDirection

    left = [
        frame.attacking_direction == AttackingDirection.RTL
        for frame in dataset.records
    ]
    return np.where(np.expand_dims(np.array(left, bool), 1), -1.0, 1.0)


def _line(dimension: "Dimension") -> np.ndarray:
    """Interpolation points along an axis."""
    length = dimension.max - dimension.min
    return np.linspace(
        dimension.min - _AROUND * length,
        dimension.max + _AROUND * length,
        _KNOTS,
    )


def _mapped(
    points: np.ndarray, system: "CoordinateSystem", size: tuple[float, float]
) -> np.ndarray:
    """Convert coordinates `(n, 2)` to metres with kloppy."""
    from kloppy.domain import DatasetTransformer, Frame, PlayerData, Point

    transformer = DatasetTransformer(
        from_coordinate_system=system, to_coordinate_system=_metric(size)
    )
    frame = Frame(
        period=None,
        timestamp=timedelta(0),
        statistics=[],
        ball_owning_team=None,
        ball_state=None,
        frame_id=0,
        players_data={
            i: PlayerData(coordinates=Point(float(x), float(y)))
            for i, (x, y) in enumerate(points)
        },
        other_data={},
        ball_coordinates=None,
    )
    places = transformer.transform_frame(frame).players_data
    return np.array(
        [
            (place.coordinates.x, place.coordinates.y)
            for place in places.values()
        ]
    )


def _metric(size: tuple[float, float]) -> "CoordinateSystem":
    """The kloppy coordinate system of metres from the centre spot."""
    from kloppy.domain import (
        CustomCoordinateSystem,
        Dimension,
        MetricPitchDimensions,
        Origin,
        VerticalOrientation,
    )

    length, width = size
    return CustomCoordinateSystem(
        origin=Origin.CENTER,
        vertical_orientation=VerticalOrientation.BOTTOM_TO_TOP,
        pitch_dimensions=MetricPitchDimensions(
            x_dim=Dimension(-length / 2, length / 2),
            y_dim=Dimension(-width / 2, width / 2),
            pitch_length=length,
            pitch_width=width,
            standardized=False,
        ),
    )


def _interpolated(
    points: ArrayLike, known: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Interpolate each axis linearly."""
    points = np.asarray(points, "float64")
    mapped = np.empty_like(points)
    for axis in (0, 1):
        order = np.argsort(known[:, axis])
        mapped[..., axis] = np.interp(
            points[..., axis], known[order, axis], values[order, axis]
        )
    return mapped
