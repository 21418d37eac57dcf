"""A picture of two images side by side, with crops where they differ most."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convzoo.common.printable import printable
from convzoo.training.super_resolution.largest_differences import (
    largest_differences,
)
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.fitting_text import fitting_text

# Side of a cell, height of a line of text, and the gaps between the two cells
# of a pair and around it, in pixels.
CELL, LINE, _CLOSE, GUTTER = 240, 24, 8, 16
TEXT = 15
# Side of a crop, and how often its pixels are repeated.
_CROP, _ZOOM = 60, 4
_OUTLINE = 2
# Orange, blue and purple, which the colour-blind tell apart.
_COLOURS = ((230, 140, 0), (0, 114, 220), (190, 60, 160))
# Columns of a picture: the left edges of the cells of each pair.
COLUMNS = [
    (left, left + CELL + _CLOSE)
    for left in range(
        GUTTER,
        GUTTER + (1 + len(_COLOURS)) * (2 * CELL + _CLOSE + GUTTER),
        2 * CELL + _CLOSE + GUTTER,
    )
]
WIDTH = COLUMNS[-1][1] + CELL + GUTTER


def pair_picture(a: np.ndarray, b: np.ndarray, caption: str) -> np.ndarray:
    """Draw two images, and beside them crops of where they differ most.

    The images fit into cells. The crops are squares of 60 pixels or less, each
    repeated four times in both directions, and framed in the colour that
    outlines their place.

    Args:
        a: uint8 array `(height, width, 1 or 3)`.
        b: Array of the same height and width.
        caption: Line above them, which is shortened where it is too long.

    Returns:
        uint8 array `(height, width, 3)` of a fixed size.
    """
    first, second = (
        np.broadcast_to(pixels, (*pixels.shape[:2], 3)) for pixels in (a, b)
    )
    size = min(_CROP, *first.shape[:2])
    places = largest_differences(first, second, size, len(_COLOURS))
    picture = Image.new("RGB", (WIDTH, LINE + CELL + GUTTER), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(TEXT)
    text = fitting_text(printable(caption), font, WIDTH - 2 * GUTTER)
    draw.text((GUTTER, LINE // 2), text, "black", font, anchor="lm")
    for left, pixels in zip(COLUMNS[0], (first, second), strict=True):
        whole = _in_a_cell(pixels)
        picture.paste(Image.fromarray(whole), (left, LINE))
        scale = whole.shape[0] / pixels.shape[0]
        for colour, (y, x) in zip(_COLOURS, places, strict=False):
            place = scale * np.array([x, y, x + size, y + size])
            corners = np.rint(place + [left, LINE, left - 1, LINE - 1])
            # White around it, since it may lie on its own colour.
            around = corners + [-1, -1, 1, 1]
            draw.rectangle(around.tolist(), None, "white", _OUTLINE + 2)
            draw.rectangle(corners.tolist(), None, colour, _OUTLINE)
    for column, colour, (y, x) in zip(
        COLUMNS[1:], _COLOURS, places, strict=False
    ):
        for left, pixels in zip(column, (first, second), strict=True):
            crop = _repeated(pixels[y : y + size, x : x + size], _ZOOM)
            _frame(draw, left, crop.shape[0], colour)
            picture.paste(Image.fromarray(crop), (left, LINE))
    if not places:
        middle = COLUMNS[1][0], LINE + CELL // 2
        draw.text(middle, "no difference", "black", font, anchor="lm")
    return np.asarray(picture)


def _in_a_cell(pixels: np.ndarray) -> np.ndarray:
    """Shrink an image to a cell, or repeat the pixels of a small one."""
    sides = np.array(pixels.shape[:2])
    longer = sides.max()
    if longer <= CELL:
        return _repeated(pixels, CELL // longer)
    height, width = np.maximum(np.rint(sides * CELL / longer), 1).astype(int)
    return resize_bicubic(pixels, int(height), int(width))


def _repeated(pixels: np.ndarray, times: int) -> np.ndarray:
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def _frame(
    draw: ImageDraw.ImageDraw, left: int, side: int, colour: tuple[int, ...]
) -> None:
    """Fill the place of a crop and its frame."""
    draw.rectangle(
        (
            left - _OUTLINE,
            LINE - _OUTLINE,
            left + side + _OUTLINE - 1,
            LINE + side + _OUTLINE - 1,
        ),
        colour,
    )
