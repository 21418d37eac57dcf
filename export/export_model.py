"""Export to several formats, with a check of every file against Keras."""

from collections.abc import Collection, Sequence
from pathlib import Path

import keras

from convzoo.common.choices import ExportFormat
from convzoo.common.types import PathLike
from convzoo.export.byte_endpoints import MAX_PIXELS
from convzoo.export.difference import SIZES, TOLERANCE
from convzoo.export.export_formats import export_formats
from convzoo.export.export_options import ExportOptions
from convzoo.export.exported import Exported
from convzoo.export.float32 import served_in_float32
from convzoo.export.formats import FORMATS, checked_formats, targets_of
from convzoo.export.partly_exported import PartlyExported
from convzoo.export.quantize import TOLERANCE as QUANTIZE_TOLERANCE
from convzoo.export.quantize import (
    Calibration,
    Quantize,
    checked_quantization,
)
from convzoo.export.report import check_report
from convzoo.export.served import Served
from convzoo.export.serving_files import write_serving_files


def export_model(
    model: keras.Model | Served,
    out: PathLike,
    name: str | None = None,
    formats: Collection[ExportFormat] = FORMATS[:2],
    *,
    sizes: Sequence[Sequence[int]] = SIZES,
    tolerance: float = TOLERANCE,
    image_size: tuple[int, int] | None = None,
    max_pixels: int = MAX_PIXELS,
    quantize: Quantize | None = None,
    calibration: Calibration | None = None,
    quantize_tolerance: float = QUANTIZE_TOLERANCE,
    overwrite: bool = False,
) -> list[Exported]:
    """Export a model to several formats, and check each in its own runtime.

    Args:
        model: Keras model of `convzoo.zoo` or of your own, as accepted by
            `served`. One of half precision, such as `mixed_float16`, is
            exported in float32, and the report says so.
        out: Folder to write to, created if missing. It receives
            `NAME/VERSION/saved_model.pb` (the layout of TF Serving),
            `NAME.tflite`, `NAME.onnx`, and `NAME.json`, a report of the
            measurements; with a SavedModel also the configuration of TF
            Serving, and `compose.yaml`, which starts it.
        name: NAME of the files. Default: the name of the model.
        formats: Selection of `FORMATS`.
        sizes: Values of the open sizes in the comparisons, as tuples: the batch
            size, then the others, such as height and width.
        tolerance: Maximum difference from Keras.
        image_size: Height and width of images in the endpoint `serve_bytes`;
            see `byte_endpoints`.
        max_pixels: Maximum height times width of an encoded image; see
            `byte_endpoints`.
        quantize: Quantisation of the LiteRT file: None, `"float16"`,
            `"dynamic"`, `"int8"`, or `"auto"` for the smallest file within
            `quantize_tolerance`.
        calibration: Typical inputs that calibrate the ranges of int8 and on
            which quantised files are measured: a folder that is searched
            recursively for images (for image models), or a list of dictionaries
            of arrays.
        quantize_tolerance: Maximum mean difference from Keras of a quantised
            file, in place of `tolerance`.
        overwrite: Whether to replace existing files. A SavedModel is never
            replaced: it gets the next VERSION.

    Returns:
        A list of `Exported`, one per format.

    Raises:
        ValueError: If an argument is invalid, a file exists, the disk is full,
            or no format can be written within the tolerance. Then nothing is
            written.
        PartlyExported: A `ValueError`, if some formats fail. The others are
            written, and the report says which failed and why.
    """
    model, more = served_in_float32(model)
    name = name or model.model.name
    formats = checked_formats(formats)
    _check_name(name)
    _check_quantize(formats, quantize, calibration, quantize_tolerance)
    out = Path(out)
    targets = targets_of(out, name, formats)
    report = out / f"{name}.json"
    check_report(report)
    options = ExportOptions(
        sizes,
        tolerance,
        overwrite,
        {"image_size": image_size, "max_pixels": max_pixels},
        checked_quantization(quantize, calibration, quantize_tolerance, model),
        more,
        (report, name),
    )
    exported, failed = export_formats(model, targets, options)
    if any(file.format == "saved_model" for file in exported):
        write_serving_files(out)
    if failed:
        raise PartlyExported(exported, failed)
    return exported


def _check_name(name: str) -> None:
    if "/" in name or name in ("", ".", ".."):
        raise ValueError(f"`name` must be a file name. Received: name={name!r}")


def _check_quantize(
    formats: Collection[ExportFormat],
    quantize: Quantize | None,
    calibration: Calibration | None,
    quantize_tolerance: float,
) -> None:
    """Refuse options without effect."""
    if quantize is not None and "litert" not in formats:
        raise ValueError(
            "`quantize` requires the format litert. "
            f"Received: quantize={quantize!r}, formats={formats}"
        )
    if quantize is None and (
        calibration is not None or quantize_tolerance != QUANTIZE_TOLERANCE
    ):
        raise ValueError(
            "`calibration` and `quantize_tolerance` require `quantize`. "
            f"Received: calibration={calibration!r}, "
            f"quantize_tolerance={quantize_tolerance!r}"
        )
