"""Export to a SavedModel for TF Serving, with a check against Keras."""

from collections.abc import Sequence
from pathlib import Path

import keras

from convzoo.common.types import PathLike
from convzoo.export.byte_endpoints import MAX_PIXELS
from convzoo.export.difference import SIZES, TOLERANCE
from convzoo.export.export_formats import export_format
from convzoo.export.export_options import ExportOptions
from convzoo.export.exported import Exported
from convzoo.export.formats import next_version
from convzoo.export.served import Served


def export_saved_model(
    model: keras.Model | Served,
    path: PathLike,
    *,
    sizes: Sequence[Sequence[int]] = SIZES,
    tolerance: float = TOLERANCE,
    image_size: tuple[int, int] | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Exported:
    """Export a model to a SavedModel for TF Serving, and check it.

    Arguments that are not described here are those of `export_model`.

    Args:
        path: Folder of the model, with its name in TF Serving. The SavedModel
            becomes the next version in this folder, starting with `path/1`.

    Raises:
        ValueError: See `export_model`.
    """
    images = {"image_size": image_size, "max_pixels": max_pixels}
    options = ExportOptions(sizes, tolerance, images=images)
    target = next_version(Path(path))
    return export_format(model, "saved_model", target, options)
