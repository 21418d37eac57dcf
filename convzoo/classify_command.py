"""`convzoo classify`: the classes of images."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from convzoo.common.checks import check_positive
from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.printable import printable
from convzoo.options import WHOLE, Preset, check_preset, check_there

if TYPE_CHECKING:
    import numpy as np

    from convzoo.zoo import SizeAgnosticClassifier

# Memory per pixel and channel of the first convolutions.
_BYTES = 10
MaxPixels = Annotated[
    int,
    WHOLE,
    Parameter(help="Images with more pixels are refused, not decoded."),
]


def classify(
    inputs: list[Path],
    /,
    *,
    preset: Preset,
    top: Annotated[int, WHOLE] = 5,
    max_pixels: MaxPixels = MAX_PIXELS,
) -> list[Exception]:
    """Classify images; transparent ones on white.

    Args:
        inputs: Image files, or folders of images.
        top: Largest number of classes to print per image.
    """
    check_there(inputs)
    check_positive("top", top)
    check_positive("max_pixels", max_pixels)
    check_preset(preset, "SizeAgnosticClassifier", "classify")
    from convzoo.zoo import SizeAgnosticClassifier

    model = SizeAgnosticClassifier.from_preset(preset)
    paths, failures = _listed(inputs)
    for path in paths:
        try:
            classes = model.classify(_read(path, max_pixels, model), top)
        except ValueError as error:
            failures.append(error)
            continue
        # Libraries raise many kinds; the other images are classified.
        except Exception as error:
            failures.append(ValueError(f"{path}: {_described(error)}"))
            continue
        named = ", ".join(f"{name} {share:.1%}" for name, share in classes)
        print(printable(f"{path}: {named}"))
    if failures and len(inputs) == 1 and len(paths) < 2:
        raise failures[0]
    return failures


def _listed(inputs: Sequence[Path]) -> tuple[list[Path], list[Exception]]:
    """The image files, and the errors of folders that have none."""
    from convzoo.zoo.images.listing.list_images import list_images

    paths: list[Path] = []
    failures: list[Exception] = []
    for given in inputs:
        try:
            found = list_images(given) if os.path.isdir(given) else [given]
        except ValueError as error:
            failures.append(error)
        else:
            paths += found
    return paths, failures


def _read(
    path: Path, max_pixels: int, model: "SizeAgnosticClassifier"
) -> "np.ndarray":
    """Read an image, if the memory for its feature maps is free."""
    from convzoo.zoo.images.memory import check_memory
    from convzoo.zoo.images.reading.read_photograph import read_photograph

    image = read_photograph(path, max_pixels)
    height, width = image.shape[:2]
    check_memory(
        _BYTES * model.arguments["width"] * height * width,
        f"{path}: classifying {width}x{height} pixels",
        "shrink the image",
    )
    return image


def _described(error: Exception) -> str:
    first, *_ = str(error).splitlines() or [""]
    return f"cannot be classified ({type(error).__name__}: {first})"
