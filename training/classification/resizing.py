"""What is done to the size of an image before it is classified."""

from typing import NamedTuple

import numpy as np

from convzoo.common.checks import check_above, check_positive
from convzoo.zoo.images.bicubic import resize_bicubic

_Size = tuple[int, int]


class Resizing(NamedTuple):
    """Steps that change the size of an image, in this order.

    Resizing is bicubic, and antialiased where it shrinks an image.

    Attributes:
        scale: Factor of both sides, as if the photograph had been taken from
            nearer or farther.
        warp: Side in pixels of a square; None for no such step.
        short_side: Length in pixels to which the model then scales the shorter
            side, keeping the aspect ratio; None for the `short_side` of the
            model.
    """

    scale: float = 1.0
    warp: int | None = None
    short_side: int | None = None

    def check(self) -> None:
        """Raise a `ValueError` that names an invalid attribute."""
        check_above("scale", self.scale, 0)
        for name in ("warp", "short_side"):
            if getattr(self, name) is not None:
                check_positive(name, getattr(self, name))

    def scaled(self, size: _Size) -> _Size:
        """Rows and columns after the first step."""
        height, width = (max(round(side * self.scale), 1) for side in size)
        return height, width

    def resized(self, size: _Size) -> _Size:
        """Rows and columns after the second step."""
        return (self.warp, self.warp) if self.warp else self.scaled(size)

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return an image after the second step."""
        own = image.shape[:2]
        for size in (self.scaled(own), self.resized(own)):
            if size != image.shape[:2]:
                image = resize_bicubic(image, *size)
        return image
