"""Where something may be, and what that says."""

from typing import Literal, NamedTuple

from convzoo.common.types import Tensor
from convzoo.zoo.football.ball_read_outs import (
    geometric_median,
    mean,
    mode,
    radius,
)

ReadOut = Literal["geometric_median", "mean", "mode"]


class Distribution(NamedTuple):
    """Of frames, over points of a plane.

    Attributes:
        points: `(batch, k, 2)`.
        shares: `(batch, k)`, which sum to 1.
        heatmap: `(batch, rows, columns)`, the same in cells.
        x, y: of the middles of the columns and rows.
        cell: the length of a cell.
    """

    points: Tensor
    shares: Tensor
    heatmap: Tensor
    x: Tensor
    y: Tensor
    cell: float

    def read(self, read_out: ReadOut) -> dict[str, Tensor]:
        """The position and two radii around it, as a dictionary.

        Args:
            read_out: `"geometric_median"`, `"mean"` or `"mode"`.
        """
        points, shares = self.points, self.shares
        if read_out == "mode":
            position = mode(self.heatmap, self.x, self.y)
        elif read_out == "mean":
            position = mean(points, shares)
        else:
            position = geometric_median(points, shares)
        radii = {
            f"radius_{percent}": radius(
                points, shares, position, percent / 100, self.cell
            )
            for percent in (50, 90)
        }
        return {"position": position, **radii}
