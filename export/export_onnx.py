"""Export to an ONNX file, with a check against Keras."""

from collections.abc import Sequence
from pathlib import Path

import keras

from convzoo.common.types import PathLike
from convzoo.export.difference import SIZES, TOLERANCE
from convzoo.export.export_formats import export_format
from convzoo.export.export_options import ExportOptions
from convzoo.export.exported import Exported
from convzoo.export.served import Served


def export_onnx(
    model: keras.Model | Served,
    path: PathLike,
    *,
    sizes: Sequence[Sequence[int]] = SIZES,
    tolerance: float = TOLERANCE,
    overwrite: bool = False,
) -> Exported:
    """Export a model to an ONNX file, and check it in ONNX Runtime.

    Arguments that are not described here are those of `export_model`.

    Args:
        path: Path of the file.

    Raises:
        ValueError: See `export_model`; or if the packages of `convzoo[onnx]`
            are not installed.
    """
    options = ExportOptions(sizes, tolerance, overwrite)
    return export_format(model, "onnx", Path(path), options)
