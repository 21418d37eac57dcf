"""Text in pictures is as long as its place allows."""

import pytest
from PIL import ImageFont

from convzoo.zoo.images.fitting_text import fitting_text


@pytest.mark.parametrize("text", ["", "short", "iiiiiiiiiiiiiiiiii"])
def test_what_fits_is_kept(text):
    assert fitting_text(text, ImageFont.load_default(15), 100) == text


@pytest.mark.parametrize("width", [30, 77, 150])
def test_the_rest_is_as_long_as_fits(width):
    font = ImageFont.load_default(15)
    text = "A name that is much too long for its place"
    shortened = fitting_text(text, font, width)
    kept = shortened.removesuffix("...")
    assert shortened != kept and text.startswith(kept)
    assert font.getlength(shortened) <= width
    # Kerning may leave room for one more letter, not for two.
    assert font.getlength(f"{text[: len(kept) + 2]}...") > width
