"""Accuracy of groups of images of similar size."""

from typing import NamedTuple

import numpy as np

from convzoo.training.classification.wilson_interval import wilson_interval

# Largest number of groups, each a point of the plot, and smallest number of
# images in a group, unless there are fewer.
_GROUPS, _FEWEST = 8, 20


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
    numbers = _numbers(sides)
    return [
        _group(right[numbers == number], sides[numbers == number])
        for number in np.unique(numbers)
    ]


def _numbers(sides: np.ndarray) -> np.ndarray:
    """The group of each image: of growing sides, as soon as one is full."""
    full = max(_FEWEST, (len(sides) + _GROUPS - 1) // _GROUPS)
    _, places, counts = np.unique(
        sides, return_inverse=True, return_counts=True
    )
    groups = np.zeros(len(counts), int)
    number = members = 0
    for place, count in enumerate(counts):
        groups[place] = number
        members += count
        if members >= full:
            number, members = number + 1, 0
    if members < _FEWEST:
        # Too few are left over: they join the group before.
        groups = np.minimum(groups, max(number - 1, 0))
    return groups[places]


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
