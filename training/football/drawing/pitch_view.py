"""The geometry and colours of images of a pitch from above."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from convzoo.common.checks import check_above, check_lengths, check_number
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

# Dimensions of every pitch, in metres: half the width of a line, the radius of
# the centre circle, the distance of the penalty spot, depth and breadth of the
# areas, and the radius of a spot.
_HALF_LINE = 0.06
_CIRCLE = 9.15
_SPOT = 11.0
_AREAS = ((16.5, 40.32), (5.5, 18.32))
_MARK = 0.2
# Minimum width of a line in pixels, to keep it visible.
_FAINTEST = 0.5
# Minimum number of pixels along each side.
_LEAST = 8


@dataclass(frozen=True)
class PitchView:
    """Resolution and colours of images of a pitch from above.

    In metres, x runs to the right and y up, from the centre spot. In pixels, x
    runs to the right and y down, from the top left corner of the image. Colours
    are RGB in [0, 1].

    Attributes:
        pixels_per_metre: Resolution.
        pitch: Length and width of the pitch, in metres.
        margin: Width of the border around the pitch, in metres.
        turf: Colour of the turf.
        lines: Colour of the lines.
        teams: Colours of team 0 and team 1.

    Raises:
        ValueError: If an argument is invalid.
    """

    pixels_per_metre: float = 4.0
    pitch: tuple[float, float] = (105.0, 68.0)
    margin: float = 3.0
    turf: tuple[float, float, float] = (0.24, 0.48, 0.24)
    lines: tuple[float, float, float] = (0.85, 0.9, 0.85)
    teams: tuple[tuple[float, float, float], tuple[float, float, float]] = (
        (0.9, 0.2, 0.15),
        (0.15, 0.3, 0.9),
    )

    def __post_init__(self) -> None:
        check_above("pixels_per_metre", self.pixels_per_metre, 0)
        check_lengths("pitch", self.pitch)
        check_number("margin", self.margin, 0)
        if min(self.size) < _LEAST:
            raise ValueError(
                "`pixels_per_metre` must give an image of at least "
                f"{_LEAST} x {_LEAST} pixels. Received: pixels_per_metre="
                f"{self.pixels_per_metre}, or {self.size[1]} x {self.size[0]}"
            )
        for name, value, shape in (
            ("turf", self.turf, (3,)),
            ("lines", self.lines, (3,)),
            ("teams", self.teams, (2, 3)),
        ):
            _check_colors(name, value, shape)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the image, in pixels."""
        columns, rows = (
            round((side + 2 * self.margin) * self.pixels_per_metre)
            for side in self.pitch
        )
        return rows, columns

    def pixels(self, places: np.ndarray) -> np.ndarray:
        """Convert positions `(..., 2)` from metres to pixels."""
        rows, columns = self.size
        steps = self.pixels_per_metre * np.array([1, -1], "float32")
        return places * steps + np.array([columns, rows], "float32") / 2

    def metres(self, pixels: np.ndarray) -> np.ndarray:
        """Convert positions `(..., 2)` from pixels to metres."""
        rows, columns = self.size
        steps = self.pixels_per_metre * np.array([1, -1], "float32")
        return (pixels - np.array([columns, rows], "float32") / 2) / steps

    @cached_property
    def empty(self) -> np.ndarray:
        """Image of the empty pitch, `(rows, columns, 3)` in [0, 1]."""
        rows, columns = self.size
        x, y = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
        places = self.metres(np.stack([x, y], axis=-1))
        # The pitch is symmetric along x and y.
        x, y = np.abs(np.moveaxis(places, -1, 0))
        distance = _to_lines(x, y, self.pitch)
        reach = max(_HALF_LINE, _FAINTEST / 2 / self.pixels_per_metre)
        inside = (reach - distance) * self.pixels_per_metre + 0.5
        white = np.expand_dims(np.clip(inside, 0, 1), 2)
        picture = white * np.array(self.lines) + (1 - white) * self.turf
        return picture.astype("float32")


def view_of(model: BallPositionPredictor) -> PitchView:
    """The `PitchView` of the images that a model is trained for."""
    return PitchView(model.pixels_per_metre, model.pitch)


def _to_lines(
    x: np.ndarray, y: np.ndarray, pitch: tuple[float, float]
) -> np.ndarray:
    """Distance in metres from positions with x, y >= 0 to the nearest line."""
    length, width = np.array(pitch) / 2
    radius = np.hypot(x, y)
    from_spot = np.hypot(length - _SPOT - x, y)
    area = length - _AREAS[0][0]
    distances = [
        np.hypot(np.maximum(x - length, 0), y - width),
        np.hypot(x - length, np.maximum(y - width, 0)),
        np.hypot(x, np.maximum(y - width, 0)),
        np.abs(radius - _CIRCLE),
        np.maximum(radius - _MARK, 0),
        np.maximum(from_spot - _MARK, 0),
        np.where(x < area, np.abs(from_spot - _CIRCLE), np.inf),
    ]
    for depth, breadth in _AREAS:
        inner, side = length - depth, breadth / 2
        distances.append(np.hypot(x - inner, np.maximum(y - side, 0)))
        beyond = np.maximum(inner - x, 0) + np.maximum(x - length, 0)
        distances.append(np.hypot(beyond, y - side))
    return np.minimum.reduce(distances)


def _check_colors(name: str, value: object, shape: tuple[int, ...]) -> None:
    array = np.array(value, "float64")
    if array.shape != shape or not ((array >= 0) & (array <= 1)).all():
        raise ValueError(
            f"`{name}` must be numbers from 0 to 1 of shape {shape}. "
            f"Received: {name}={value!r}"
        )
