"""Between the coordinates of a kloppy dataset and metres."""

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

# What kloppy takes a pitch for whose size nobody gave.
_USUAL = (105.0, 68.0)
# Kloppy maps a point in 70 microseconds, and a game has three million. It maps
# each axis alone, and straight between the lines of the pitch, so that so many
# points along both say it all, from a pitch before to a pitch behind.
_KNOTS = 2001
_AROUND = 1.0


class KloppyPitch:
    """The pitch of a kloppy `TrackingDataset`.

    Metres are from the centre spot, x along the length, y along the width and
    upwards in kloppy's sense, whatever the coordinates of the dataset are. The
    map between them is kloppy's.

    Args:
        dataset: a kloppy `TrackingDataset`.

    Attributes:
        size: its length and width in metres; 105 x 68 where the dataset, in
            shares of the pitch, does not say.

    Raises:
        ValueError: it is another thing, or its coordinates have no scale.
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
                "`dataset` must say what its coordinates and its pitch are; "
                "kloppy's loaders have `coordinates` for it, and some "
                "`pitch_length` and `pitch_width`. Received: coordinate_system="
                f"{type(system).__name__}, without a size"
            )
        self.size = (
            float(ground.pitch_length or _USUAL[0]),
            float(ground.pitch_width or _USUAL[1]),
        )
        # No ball is as far below the ground as a goal is high: it is a mark.
        self._deepest = -(ground.goal_height or 2.44)
        self._own = np.stack([_line(ground.x_dim), _line(ground.y_dim)], axis=1)
        self._metres = _mapped(self._own, system, self.size)

    def to_metres(self, points: ArrayLike) -> np.ndarray:
        """Metres `(..., 2)` of coordinates `(..., 2)` of the dataset.

        What is more than the size of a pitch beside it is put there.
        """
        return _interpolated(points, self._own, self._metres)

    def from_metres(self, points: ArrayLike) -> np.ndarray:
        """Coordinates of the dataset `(..., 2)` of metres `(..., 2)`."""
        return _interpolated(points, self._metres, self._own)

    def has_ball(self, frame: "Frame") -> bool:
        """Whether the ball of a frame is known.

        Providers write a ball that nobody saw as none, as NaN, or far below the
        ground.
        """
        ball = frame.ball_coordinates
        if not has_place(ball):
            return False
        height = getattr(ball, "z", None)
        return height is None or not height < self._deepest


def is_kloppy(dataset: object) -> bool:
    """Whether it is a `TrackingDataset` of kloppy, which is not imported."""
    domain = sys.modules.get("kloppy.domain")
    return domain is not None and isinstance(dataset, domain.TrackingDataset)


def has_place(point: "Point | None") -> bool:
    """Whether a point of kloppy is one."""
    return point is not None and not (
        math.isnan(point.x) or math.isnan(point.y)
    )


def turns(dataset: "TrackingDataset") -> np.ndarray:
    """-1 `(frames, 1)` where the home team plays to the left, 1 elsewhere.

    Positions in metres times it have the home team play to the right.
    """
    from kloppy.domain import AttackingDirection

    left = [
        frame.attacking_direction == AttackingDirection.RTL
        for frame in dataset.records
    ]
    return np.where(np.expand_dims(np.array(left, bool), 1), -1.0, 1.0)


def _line(dimension: "Dimension") -> np.ndarray:
    """Coordinates along one axis."""
    length = dimension.max - dimension.min
    return np.linspace(
        dimension.min - _AROUND * length,
        dimension.max + _AROUND * length,
        _KNOTS,
    )


def _mapped(
    points: np.ndarray, system: "CoordinateSystem", size: tuple[float, float]
) -> np.ndarray:
    """Metres of coordinates `(n, 2)`, as kloppy has them."""
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
    """Metres from the centre spot, in kloppy's words."""
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
    points = np.asarray(points, "float64")
    mapped = np.empty_like(points)
    for axis in (0, 1):
        order = np.argsort(known[:, axis])
        mapped[..., axis] = np.interp(
            points[..., axis], known[order, axis], values[order, axis]
        )
    return mapped
