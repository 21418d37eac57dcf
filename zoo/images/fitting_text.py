"""Text for a place of limited width in a picture."""

from itertools import accumulate
from typing import TypeAlias

from PIL import ImageFont

Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont


def fitting_text(text: str, font: Font, width: float) -> str:
    """Return a text, shortened and with "..." at its end if it is too wide.

    Args:
        text: One line.
        font: Font to draw it with.
        width: Room in pixels.
    """
    if font.getlength(text) <= width:
        return text
    room = width - font.getlength("...")
    kept = sum(end <= room for end in accumulate(map(font.getlength, text)))
    return f"{text[:kept]}..."
