"""Accuracy of groups of images of similar size."""

from typing import NamedTuple

import numpy as np

from convzoo.training.classification.wilson_interval import wilson_interval

# Largest number of groups, each a point of the plot.
_GROUPS = 8


class SizeGroup(NamedTuple):
    """Images whose shorter sides are alike.

    Attributes:
        shortest: Shorter side of the smallest image, in pixels.
        longest: Shorter side of the largest image.
        images: Number of images.
        accuracy: Share of them that are classified correctly.
        low: Lower end of its 95 % interval.
        high: Upper end.
    """

    shortest: int
    longest: int
    images: int
    accuracy: float
    low: float
    high: float

    @property
    def middle(self) -> float:
        """The geometric mean of both sides."""
        return float(np.sqrt(self.shortest * self.longest))


def accuracy_by_size(right: np.ndarray, sizes: np.ndarray) -> list[SizeGroup]:
    """Group images by their shorter side, about as many in each group.

    Images with the same shorter side are in one group.

    Args:
        right: Booleans `(images,)`.
        sizes: Rows and columns, `(images, 2)`.
    """
    sides = sizes.min(axis=1)
    shares = np.linspace(0, 1, _GROUPS + 1)[1:-1]
    edges = np.unique(np.quantile(sides, shares, method="lower"))
    numbers = np.searchsorted(edges, sides, side="left")
    return [
        _group(right[numbers == number], sides[numbers == number])
        for number in np.unique(numbers)
    ]


def _group(right: np.ndarray, sides: np.ndarray) -> SizeGroup:
    low, high = wilson_interval(int(right.sum()), len(right))
    return SizeGroup(
        int(sides.min()),
        int(sides.max()),
        len(right),
        float(right.mean()),
        float(low),
        float(high),
    )
