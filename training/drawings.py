"""Letters, stripes and shapes, drawn at random.

Photographs that are free to learn from are small files of JPEG: hardly a letter
is on them, and no edge is as sharp as a drawn one.
"""

import string

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convzoo.layers.checks import check_positive

# Drawn so many times larger, for edges that fall between pixels.
_FINER = 3
_LETTERS = list(string.ascii_letters + string.digits + string.punctuation)


def drawings(count, height, width, seed=0):
    """Pictures of letters, stripes and shapes, one after the other.

    Args:
        count: how many.
        height: rows of each.
        width: columns of each.
        seed: of the random draws.

    Yields:
        uint8 arrays `(height, width, 3)`, the same ones whenever asked for.
    """
    check_positive("height", height)
    check_positive("width", width)
    for index in range(count):
        yield _drawing(height, width, np.random.default_rng((seed, index)))


def _drawing(height, width, random):
    size = _FINER * width, _FINER * height
    picture = Image.composite(
        Image.new("RGB", size, _color(random)),
        Image.new("RGB", size, _color(random)),
        Image.linear_gradient("L").rotate(90 * random.integers(4)).resize(size),
    )
    # From a page of text to one of shapes.
    letters = random.random()
    for _ in range(random.integers(20, 60)):
        if random.random() < letters:
            stamp = _text(random)
        else:
            stamp = random.choice([_stripes, _polygon, _ellipse])(random)
        corner = [
            int(random.integers(-k // 2, n - k // 2))
            for n, k in zip(size, stamp.size, strict=True)
        ]
        picture.paste(_color(random), corner, stamp)
    return np.asarray(picture.reduce(_FINER))


def _color(random):
    """Black, white, a grey or any."""
    kind = random.integers(4)
    if kind < 2:
        return (255 * int(kind),) * 3
    values = random.integers(256, size=3)
    return tuple(int(v) for v in (values if kind == 3 else values[[0, 0, 0]]))


def _text(random):
    """A few lines, most of them level."""
    lines = ["".join(_words(random)) for _ in range(random.integers(1, 6))]
    text = "\n".join(lines)
    font = ImageFont.load_default(_length(random, 8, 40))
    bold = int(random.choice([0, 0, 1, 2]))
    probe = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = probe.multiline_textbbox(
        (0, 0), text, font, stroke_width=bold
    )
    stamp = Image.new("L", (int(right - left) + 1, int(bottom - top) + 1))
    ImageDraw.Draw(stamp).multiline_text(
        (-left, -top), text, 255, font, stroke_width=bold
    )
    return stamp if random.random() < 0.7 else _turned(stamp, random)


def _words(random):
    for _ in range(random.integers(1, 6)):
        yield from random.choice(_LETTERS, random.integers(1, 9))
        yield " "


def _stripes(random):
    period = _length(random, 2, 24)
    thick = max(int(period * random.uniform(0.2, 0.8)), 1)
    stamp = _blank(random)
    draw = ImageDraw.Draw(stamp)
    for left in range(0, stamp.width, period):
        draw.rectangle((left, 0, left + thick - 1, stamp.height), 255)
    return _turned(stamp, random)


def _polygon(random):
    stamp = _blank(random)
    corners = random.uniform(0, stamp.size, (random.integers(3, 8), 2))
    points = [tuple(corner) for corner in corners]
    if random.random() < 0.5:
        ImageDraw.Draw(stamp).polygon(points, 255)
    else:
        thick = _length(random, 1, 6)
        ImageDraw.Draw(stamp).line(points, 255, thick, joint="curve")
    return stamp


def _ellipse(random):
    stamp = _blank(random)
    box = (0, 0, stamp.width - 1, stamp.height - 1)
    if random.random() < 0.5:
        ImageDraw.Draw(stamp).ellipse(box, 255)
    else:
        thick = _length(random, 1, 6)
        ImageDraw.Draw(stamp).ellipse(box, outline=255, width=thick)
    return _turned(stamp, random)


def _blank(random):
    return Image.new("L", (_length(random, 8, 160), _length(random, 8, 160)))


def _turned(stamp, random):
    angle = float(random.uniform(0, 360))
    return stamp.rotate(angle, Image.Resampling.BILINEAR, expand=True)


def _length(random, low, high):
    """Pixels before the reduction; short ones are as likely as long ones."""
    length = np.exp(random.uniform(np.log(low), np.log(high)))
    return max(round(_FINER * length), 1)
