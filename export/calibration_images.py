"""Images of a folder that calibrate and measure quantised files."""

from pathlib import Path

import numpy as np
from PIL import Image

from convzoo.common.unit_range import unit_range
from convzoo.export.byte_endpoints import takes_images
from convzoo.export.served import Served

_SUFFIXES = {".jpeg", ".jpg", ".png", ".webp"}
# Number of images and side of their central crops: enough for ranges, and fast.
_IMAGES, _SIDE = 64, 192


def calibration_images(
    folder: Path, model: Served
) -> list[dict[str, np.ndarray]]:
    """Read images of a folder as inputs of an image model.

    Args:
        folder: Folder that is searched recursively.
        model: A `Served` with the input `image`.

    Returns:
        Central crops of at most 64 images, evenly chosen.

    Raises:
        ValueError: If the model takes other inputs, there is no image, or one
            cannot be read.
    """
    if not takes_images(model):
        raise ValueError(
            "`calibration` can be a folder only for an image model. "
            f"Received: calibration={folder}"
        )
    paths = sorted(
        path
        for path in folder.rglob("*")
        # To open a pipe waits for ever.
        if path.suffix.lower() in _SUFFIXES and path.is_file()
    )
    if not paths:
        raise ValueError(f"{folder}: contains no JPEG, PNG or WebP image")
    step = (len(paths) + _IMAGES - 1) // _IMAGES
    mode = {1: "L", 3: "RGB"}[int(model.shapes["image"][-1])]
    return [{"image": _middle(path, mode)} for path in paths[::step]]


def _middle(path: Path, mode: str) -> np.ndarray:
    try:
        with Image.open(path) as image:
            left, top = (max(0, (side - _SIDE) // 2) for side in image.size)
            width, height = (min(side, _SIDE) for side in image.size)
            middle = image.crop((left, top, left + width, top + height))
            pixels = np.asarray(middle.convert(mode))
    # Damaged files make Pillow raise almost anything. It decodes no image of
    # more than 179 million pixels.
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{path}: cannot be read as an image ({reason})"
        ) from error
    return unit_range(pixels).reshape(1, *pixels.shape[:2], -1)
