"""One picture of many pairs of images."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convzoo.common.printable import printable
from convzoo.training.super_resolution.image_quality import shave
from convzoo.training.super_resolution.pair_picture import (
    CELL,
    COLUMNS,
    LINE,
    TEXT,
    WIDTH,
    pair_picture,
)
from convzoo.zoo.images.fitting_text import fitting_text

# A screen is scrolled through these, and memory holds them.
_MOST = 20


class ComparisonSheet:
    """Pairs of images below each other; of many, those that differ most.

    Args:
        names: Names of the two sides, above the columns.
        border: Number of pixels to leave out on each side of each image.
    """

    def __init__(self, names: tuple[str, str], border: int = 0) -> None:
        self.names = names
        self.border = border
        self._added = 0
        self._rows: list[tuple[float, np.ndarray]] = []

    def add(
        self, a: np.ndarray, b: np.ndarray, caption: str, psnr: float
    ) -> None:
        """Draw a pair, unless 20 others differ more.

        Args:
            a: As in `pair_picture`.
            b: As in `pair_picture`.
            caption: As in `pair_picture`.
            psnr: PSNR of the pair, in dB.
        """
        self._added += 1
        if len(self._rows) == _MOST:
            best = max(range(_MOST), key=lambda row: self._rows[row][0])
            if self._rows[best][0] <= psnr:
                return
            del self._rows[best]
        a, b = shave(a, self.border), shave(b, self.border)
        self._rows.append((psnr, pair_picture(a, b, caption)))

    def picture(self) -> np.ndarray:
        """Return the sheet, a uint8 array `(height, width, 3)`."""
        return np.concatenate([self._head(), *(row for _, row in self._rows)])

    def _head(self) -> np.ndarray:
        head = Image.new("RGB", (WIDTH, 2 * LINE), "white")
        draw = ImageDraw.Draw(head)
        font = ImageFont.load_default(TEXT)
        title = f"{self._added} pairs of images"
        if self._added > _MOST:
            title = f"the {_MOST} of {title} with the lowest PSNR on Y"
        if self._added > 1:
            where = COLUMNS[0][0], LINE // 2
            draw.text(where, title, "black", font, anchor="lm")
        for pair, column in enumerate(COLUMNS):
            for left, name, letter in zip(
                column, self.names, "AB", strict=True
            ):
                label = f"{letter}, crop {pair}"
                if pair == 0:
                    label = f"{letter}: {printable(name)}"
                label = fitting_text(label, font, CELL)
                where = left, LINE + LINE // 2
                draw.text(where, label, "black", font, anchor="lm")
        return np.asarray(head)
