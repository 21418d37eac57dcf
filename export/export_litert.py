"""Export to a LiteRT file, with a check against Keras."""

from collections.abc import Sequence
from pathlib import Path

import keras

from convzoo.common.types import PathLike
from convzoo.export.difference import SIZES, TOLERANCE
from convzoo.export.export_formats import export_format
from convzoo.export.export_options import ExportOptions
from convzoo.export.exported import Exported
from convzoo.export.quantize import TOLERANCE as QUANTIZE_TOLERANCE
from convzoo.export.quantize import (
    Calibration,
    Quantize,
    checked_quantization,
)
from convzoo.export.served import Served, served


def export_litert(
    model: keras.Model | Served,
    path: PathLike,
    *,
    sizes: Sequence[Sequence[int]] = SIZES,
    tolerance: float = TOLERANCE,
    quantize: Quantize | None = None,
    calibration: Calibration | None = None,
    quantize_tolerance: float = QUANTIZE_TOLERANCE,
    overwrite: bool = False,
) -> Exported:
    """Export a model to a LiteRT (TFLite) file, and check it.

    Arguments that are not described here are those of `export_model`.

    Args:
        path: Path of the file.

    Raises:
        ValueError: See `export_model`.
    """
    quantization = checked_quantization(
        quantize, calibration, quantize_tolerance, served(model)
    )
    options = ExportOptions(sizes, tolerance, overwrite, {}, quantization)
    return export_format(model, "litert", Path(path), options)
