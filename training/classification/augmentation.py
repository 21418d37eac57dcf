"""Images as they could have been too, at the size that they have."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from convzoo.common.checks import check_flag, check_number
from convzoo.common.luma_weights import LUMA_WEIGHTS

_GREY = np.array(LUMA_WEIGHTS, "float32")


@dataclass(frozen=True)
class Augmentation:
    """Random turns, zooms, shifts, colours and mirror images.

    Each number is the largest change; the change of an image is drawn evenly
    between it and its opposite. What comes into the picture from outside is its
    border, repeated.

    Attributes:
        rotation: degrees.
        zoom: factor minus 1, each side for itself, so that proportions change.
        shift: share of the side.
        color: of brightness and of contrast, as shares, and of saturation.
        tint: of each channel for itself, as a share.
        flip: whether to mirror left and right, one image in two.

    Raises:
        ValueError: a number is below 0, or `flip` is no flag.
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
        """A changed copy of a uint8 image `(height, width, 3)`.

        Args:
            image: the image.
            random: a `numpy.random.Generator`.
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
        # From where each pixel of the result comes.
        matrix = np.array([[cosine, -sine], [sine, cosine]]) * scale
        height, width = image.shape[:2]
        middle = np.array([width, height]) / 2
        shift = self.shift * np.array([shift_x * width, shift_y * height])
        # What the largest change can bring into the picture.
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
