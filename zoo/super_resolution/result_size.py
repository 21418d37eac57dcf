"""Size of an enlarged image."""

from convzoo.common.checks import check_between, checked_pair
from convzoo.common.scale_passes import MAX_SCALE

# Height and width.
Size = tuple[int, int]


def result_size(
    size: Size, scale: float | None = None, to: Size | None = None
) -> Size:
    """Return the height and the width of an image, enlarged or fitted.

    Args:
        size: Height and width of the image.
        scale: Factor from 1 to 8.
        to: Width and height of a box, in place of `scale`.

    Returns:
        `round(scale * side)` for each side; or the largest size with the aspect
        of the image that fits into the box, which is smaller than the image if
        the box is.

    Raises:
        ValueError: Not exactly one of `scale` and `to` is given, it is invalid,
            or the box asks for a factor above 8.

    Example:

    >>> from convzoo.zoo.super_resolution.result_size import result_size
    >>> result_size((600, 800), scale=1.5)
    (900, 1200)
    >>> result_size((600, 800), to=(3840, 2160))
    (2160, 2880)
    """
    if (scale is None) == (to is None):
        raise ValueError(
            f"pass either `scale` or `to`. Received: scale={scale!r}, to={to!r}"
        )
    if scale is not None:
        check_between("scale", scale, 1, MAX_SCALE)
        return round(scale * size[0]), round(scale * size[1])
    box = checked_pair("to", to)[::-1]
    factor = min(b / s for b, s in zip(box, size, strict=True))
    if factor > MAX_SCALE:
        raise ValueError(
            f"fitting {size[1]}x{size[0]} pixels into {box[1]}x{box[0]} would "
            f"enlarge by {factor:.1f}, which is more than {MAX_SCALE}"
        )
    height, width = (max(round(factor * s), 1) for s in size)
    return height, width
