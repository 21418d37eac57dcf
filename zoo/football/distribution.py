"""Probability distributions over the plane."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from convzoo.common.types import Tensor
from convzoo.zoo.football.ball_read_outs import (
    Cloud,
    geometric_median,
    mean,
    mode,
    radius,
)

ReadOut = Literal["geometric_median", "mean", "mode"]


class Distribution(NamedTuple):
    """Distributions over points of the plane, one per frame.

    Attributes:
        clouds: Points and their probabilities, which sum to 1.
        heatmap: The same distribution over cells, `(batch, rows, columns)`.
        x, y: Centres of the columns and of the rows.
        cell: Side of a cell.
    """

    clouds: Sequence[Cloud]
    heatmap: Tensor
    x: Tensor
    y: Tensor
    cell: float

    def read(self, read_out: ReadOut) -> dict[str, Tensor]:
        """Compute a point estimate, and the radii of 50 % and 90 % around it.

        Args:
            read_out: The point estimate: `"geometric_median"`, `"mean"` or
                `"mode"`.

        Returns:
            A dictionary of `position`, `radius_50` and `radius_90`.
        """
        if read_out == "mode":
            position = mode(self.heatmap, self.x, self.y)
        elif read_out == "mean":
            position = mean(self.clouds)
        else:
            position = geometric_median(self.clouds)
        radii = {
            f"radius_{percent}": radius(
                self.clouds, position, percent / 100, self.cell
            )
            for percent in (50, 90)
        }
        return {"position": position, **radii}
