"""A picture that shows where a classifier looked."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convzoo.common.printable import printable
from convzoo.zoo.classification.heat_map import (
    AGAINST,
    FOR,
    heat_map,
    opacities,
)
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.fitting_text import fitting_text

# Limits of the longer side of a panel: text fits, and a screen holds it.
_SMALLEST, _LARGEST = 320, 1024
_MARGIN = 12
_TEXT = 16
_LINE = 24
_LEGEND = 100
# Grey behind the colours of the legend.
_BEHIND = 130


def explained_picture(
    image: np.ndarray, evidence: np.ndarray, title: str
) -> np.ndarray:
    """Put an image beside its heat map, under a title and above a legend.

    Args:
        image: As in `heat_map`. It is resized where its longer side has less
            than 320 or more than 1,024 pixels.
        evidence: As in `heat_map`.
        title: Text of one line, which is shortened where it is too long.

    Returns:
        uint8 array `(height, width, 3)`.

    Raises:
        ValueError: As in `heat_map`.
    """
    image = _resized(np.asarray(image))
    height, width = image.shape[:2]
    panel = max(width, _SMALLEST)
    size = 2 * panel + 3 * _MARGIN, height + 2 * _LINE + 3 * _MARGIN
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(_TEXT)
    draw.text(
        (_MARGIN, _MARGIN // 2),
        fitting_text(printable(title), font, size[0] - 2 * _MARGIN),
        "black",
        font,
    )
    top = _LINE + _MARGIN
    for index, pixels in enumerate((image, heat_map(image, evidence))):
        left = _MARGIN + index * (panel + _MARGIN) + (panel - width) // 2
        rgb = np.broadcast_to(pixels, (height, width, 3))
        picture.paste(Image.fromarray(np.ascontiguousarray(rgb)), (left, top))
    _draw_legend(picture, size[0] // 2 + _MARGIN // 2, top + height + _MARGIN)
    return np.asarray(picture)


def _resized(image: np.ndarray) -> np.ndarray:
    longer = max(image.shape[:2])
    target = min(max(longer, _SMALLEST), _LARGEST)
    if target == longer:
        return image
    height, width = (
        max(round(n * target / longer), 1) for n in image.shape[:2]
    )
    return resize_bicubic(image, height, width)


def _draw_legend(picture: Image.Image, left: int, top: int) -> None:
    """Draw a bar of the colours, from against to for."""
    font = ImageFont.load_default(_TEXT)
    draw = ImageDraw.Draw(picture)
    middle = top + _TEXT // 2
    draw.text((left, middle), "against", "black", font, anchor="lm")
    start = left + round(font.getlength("against ")) + _MARGIN // 2
    strength = np.linspace(-1, 1, _LEGEND, dtype="float32").reshape(1, -1, 1)
    colour = np.where(strength > 0, FOR, AGAINST)
    bar = _BEHIND + opacities(strength) * (colour - _BEHIND)
    rows = np.repeat(np.rint(bar).astype("uint8"), _TEXT, axis=0)
    picture.paste(Image.fromarray(rows), (start, top))
    end = start + _LEGEND + _MARGIN // 2
    draw.text((end, middle), "for this class", "black", font, anchor="lm")
