"""Random augmentation that keeps the size of an image."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from convzoo.common.checks import check_flag, check_number
from convzoo.common.luma_weights import LUMA_WEIGHTS

_GREY = np.array(LUMA_WEIGHTS, "float32")


@dataclass(frozen=True)
class Augmentation:
    """Random rotation, zoom, shift, colour changes and mirroring.

    Each number is a maximum: the change of an image is drawn uniformly between
    it and its opposite. Pixels from outside the image repeat its border.

    Attributes:
        rotation: Angle in degrees.
        zoom: Zoom factor minus 1, drawn separately for both sides, which
            changes the aspect ratio.
        shift: Fraction of the side.
        color: Relative change of brightness, contrast and saturation.
        tint: Relative change of each channel.
        flip: Whether to mirror left and right, with a probability of 1/2.

    Raises:
        ValueError: If a number is outside its range, or `flip` is not True or
            False.
    """

    rotation: float = 10.0
    zoom: float = 0.1
    shift: float = 0.05
    color: float = 0.3
    tint: float = 0.0
    flip: bool = False

    def __post_init__(self) -> None:
        for name, high in (
            ("rotation", 180.0001),
            ("zoom", 1),
            ("shift", 1),
            ("color", 1),
            ("tint", 1),
        ):
            check_number(name, getattr(self, name), 0, high)
        check_flag("flip", self.flip)

    def __call__(
        self, image: np.ndarray, random: np.random.Generator
    ) -> np.ndarray:
        """Return an augmented copy of an image.

        Args:
            image: uint8 array `(height, width, 3)`.
            random: A `numpy.random.Generator`.
        """
        draws = random.uniform(-1, 1, size=11)
        if self.flip and random.random() < 0.5:
            image = image[:, ::-1]
        image = self._moved(image, draws[:5])
        return self._colored(image, draws[5:])

    def _moved(self, image: np.ndarray, draws: np.ndarray) -> np.ndarray:
        turn, zoom_y, zoom_x, shift_y, shift_x = draws
        angle = np.deg2rad(self.rotation * turn)
        scale = np.exp(np.log1p(self.zoom) * np.array([zoom_x, zoom_y]))
        cosine, sine = np.cos(angle), np.sin(angle)
        # Maps the pixels of the result to those of the image.
        matrix = np.array([[cosine, -sine], [sine, cosine]]) * scale
        height, width = image.shape[:2]
        middle = np.array([width, height]) / 2
        shift = self.shift * np.array([shift_x * width, shift_y * height])
        # The width that the largest change can bring into view.
        border = max(height, width)
        offset = middle + border + shift - matrix @ middle
        pad = ((border, border), (border, border), (0, 0))
        wide = Image.fromarray(np.pad(image, pad, "edge"))
        moved = wide.transform(
            (width, height),
            Image.Transform.AFFINE,
            [*matrix[0], offset[0], *matrix[1], offset[1]],
            Image.Resampling.BILINEAR,
        )
        return np.asarray(moved)

    def _colored(self, image: np.ndarray, draws: np.ndarray) -> np.ndarray:
        brightness, contrast, saturation = 1 + self.color * draws[:3]
        tint = (1 + self.tint * draws[3:]).astype("float32")
        pixels = image.astype("float32")
        grey = pixels @ _GREY
        pixels = np.expand_dims(grey, -1) * (1 - saturation) + (
            pixels * saturation
        )
        pixels = pixels * tint
        pixels = (pixels - grey.mean()) * contrast + grey.mean() * brightness
        return np.clip(np.rint(pixels), 0, 255).astype("uint8")
