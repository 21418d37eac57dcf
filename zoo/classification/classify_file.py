"""Classification of image files."""

from pathlib import Path

import numpy as np

from convzoo.common.output_file import check_absent, make_folder
from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.zoo.classification.classifier_memory import classifier_memory
from convzoo.zoo.classification.explained_picture import explained_picture
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.memory import check_memory
from convzoo.zoo.images.reading.read_photograph import read_photograph
from convzoo.zoo.images.writing.write_image import check_writable, write_image


def classify_file(
    model: SizeAgnosticClassifier,
    source: PathLike,
    picture: PathLike | None = None,
    class_name: str | None = None,
    *,
    overwrite: bool = False,
    max_pixels: int = MAX_PIXELS,
) -> list[tuple[str, float]]:
    """Classify an image file, and draw where the model looked.

    Args:
        model: The classifier.
        source: As in `read_photograph`.
        picture: File to write, or None: the image beside its heat map, see
            `explained_picture`.
        class_name: The class that it explains. None for the most probable one.
        overwrite: Whether to replace an existing file.
        max_pixels: As in `read_photograph`.

    Returns:
        All classes, as of `SizeAgnosticClassifier.classify`.

    Raises:
        ValueError: If `source` cannot be read, `picture` cannot be written,
            there is no such class, or not enough memory.
    """
    source = Path(source)
    if picture is not None:
        picture = Path(picture)
        check_absent(picture, overwrite)
    image = read_photograph(source, max_pixels)
    if picture is not None:
        # Before the work, which takes longer.
        make_folder(picture.parent)
        check_writable(picture, overwrite)
    height, width = image.shape[:2]
    check_memory(
        classifier_memory(model, height, width),
        f"{source}: classifying {width}x{height} pixels",
        "shrink the image",
    )
    classes = model.classify(image, model.num_classes)
    if picture is not None:
        if class_name is None:
            class_name = classes[0][0]
        evidence = np.asarray(model.explain(image, class_name))
        share = next(share for name, share in classes if name == class_name)
        title = f"{source.name}: {class_name} {share:.1%}"
        drawn = explained_picture(image, evidence, title)
        write_image(picture, ImageFile(drawn), overwrite)
    return classes
