"""Images of a folder that calibrate and measure quantised files."""

from pathlib import Path

import numpy as np
from PIL import Image

from convzoo.common.unit_range import unit_range
from convzoo.export.byte_endpoints import takes_images
from convzoo.export.served import Served, Sides

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
        Central crops of at most 64 images, evenly chosen, scaled to the
        model's `sides` and in its `image_range`.

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
    low, high = model.image_range
    return [
        {"image": low + (high - low) * _middle(path, mode, model.sides)}
        for path in paths[::step]
    ]


def _middle(path: Path, mode: str, sides: Sides) -> np.ndarray:
    """Read the middle of an image, scaled to the sides that a model takes."""
    lowest, highest = sides
    try:
        with Image.open(path) as image:
            shorter = min(image.size)
            target = max(shorter, lowest)
            scale = min(target, highest or target) / shorter
            largest = max(_SIDE, highest or 0)
            # Cropped before it is scaled: one row would become very long.
            width, height = (
                min(side, max(round(largest / scale), 1)) for side in image.size
            )
            left, top = (image.width - width) // 2, (image.height - height) // 2
            middle = image.crop((left, top, left + width, top + height))
            middle = middle.convert(mode)
            if scale != 1:
                middle = middle.resize(
                    (round(width * scale), round(height * scale)),
                    Image.Resampling.BICUBIC,
                )
            pixels = np.asarray(middle)
    # Damaged files make Pillow raise almost anything. It decodes no image of
    # more than 179 million pixels.
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{path}: cannot be read as an image ({reason})"
        ) from error
    return unit_range(pixels).reshape(1, *pixels.shape[:2], -1)
