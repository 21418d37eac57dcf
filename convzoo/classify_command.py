"""`convzoo classify`: the classes of images."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from convzoo.classify_outputs import check_explain, explanation_targets
from convzoo.common.checks import check_positive
from convzoo.common.described import described
from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.printable import printable
from convzoo.options import WHOLE, Overwrite, Preset, check_preset, check_there

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
    explain: Annotated[Path | None, Parameter(metavar="PATH")] = None,
    class_name: Annotated[
        str | None, Parameter(alias="--class", metavar="NAME")
    ] = None,
    overwrite: Overwrite = False,
    max_pixels: MaxPixels = MAX_PIXELS,
) -> list[Exception]:
    """Classify images; transparent ones on white.

    Args:
        inputs: Image files, or folders of images.
        top: Largest number of classes to print per image.
        explain: Picture to write, of where the model looked; of several
            images, the folder to write them to.
        class_name: The class that the pictures explain, instead of the most
            probable one.
    """
    check_there(inputs)
    check_positive("top", top)
    check_positive("max_pixels", max_pixels)
    check_explain(inputs, explain, class_name, overwrite)
    check_preset(preset, "SizeAgnosticClassifier", "classify")
    from convzoo.zoo import SizeAgnosticClassifier
    from convzoo.zoo.classification.checked_class import checked_class
    from convzoo.zoo.classification.classify_file import classify_file

    model = SizeAgnosticClassifier.from_preset(preset)
    if class_name is not None:
        checked_class(class_name, model.class_names, model.num_classes)
    paths, failures = _listed(inputs)
    targets = explanation_targets(inputs, paths, explain)
    for path in paths:
        try:
            classes = classify_file(
                model,
                path,
                targets.get(path),
                class_name,
                overwrite=overwrite,
                max_pixels=max_pixels,
            )
        except ValueError as error:
            failures.append(error)
            continue
        # Libraries raise many kinds; the other images are classified.
        except Exception as error:
            told = f"{path}: cannot be classified ({described(error)})"
            failures.append(ValueError(told))
            continue
        named = ", ".join(
            f"{name} {share:.1%}" for name, share in classes[:top]
        )
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
