"""`convzoo classify`: the classes of images."""

from pathlib import Path
from typing import Annotated

from convzoo.common.checks import check_positive
from convzoo.options import WHOLE, Preset, check_preset, check_there


def classify(
    inputs: list[Path], /, *, preset: Preset, top: Annotated[int, WHOLE] = 5
) -> list[Exception]:
    """Classify images.

    Args:
        inputs: Image files, or folders of images.
        top: Largest number of classes to print per image.
    """
    check_there(inputs)
    check_positive("top", top)
    check_preset(preset, "SizeAgnosticClassifier", "classify")
    from convzoo.zoo import SizeAgnosticClassifier
    from convzoo.zoo.images.list_images import list_images
    from convzoo.zoo.images.read_photograph import read_photograph

    model = SizeAgnosticClassifier.from_preset(preset)
    failures: list[Exception] = []
    paths = [
        path
        for given in inputs
        for path in (list_images(given) if given.is_dir() else [given])
    ]
    for path in paths:
        try:
            classes = model.classify(read_photograph(path), top)
        except ValueError as error:
            if len(paths) == 1:
                raise
            failures.append(error)
            continue
        named = ", ".join(f"{name} {share:.1%}" for name, share in classes)
        print(f"{path}: {named}")
    return failures
