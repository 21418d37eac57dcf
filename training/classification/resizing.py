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
        short_side: Length in pixels of the shorter side, keeping the aspect
            ratio; None for no such step.
        warp: Side in pixels of a square to which the image is warped instead;
            None for no such step.
    """

    scale: float = 1.0
    short_side: int | None = None
    warp: int | None = None

    def check(self) -> None:
        """Raise a `ValueError` that names an invalid attribute."""
        check_above("scale", self.scale, 0)
        for name in ("short_side", "warp"):
            if getattr(self, name) is not None:
                check_positive(name, getattr(self, name))
        if self.warp is not None and self.short_side is not None:
            raise ValueError(
                "`warp` and `short_side` exclude each other. Received: "
                f"warp={self.warp}, short_side={self.short_side}"
            )

    def scaled(self, size: _Size) -> _Size:
        """Rows and columns after the first step."""
        height, width = size
        return _rounded(height * self.scale, width * self.scale)

    def resized(self, size: _Size) -> _Size:
        """Rows and columns after all steps."""
        return self._steps(size)[-1]

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return the resized image `(height, width, channels)`."""
        for size in self._steps(image.shape[:2]):
            if size != image.shape[:2]:
                image = resize_bicubic(image, *size)
        return image

    def _steps(self, size: _Size) -> list[_Size]:
        steps = [self.scaled(size)]
        if self.short_side is not None:
            height, width = steps[-1]
            factor = self.short_side / min(height, width)
            steps.append(_rounded(height * factor, width * factor))
        if self.warp is not None:
            steps.append((self.warp, self.warp))
        return steps


def _rounded(height: float, width: float) -> _Size:
    return max(round(height), 1), max(round(width), 1)
