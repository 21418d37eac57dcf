"""One format of an export, written to a temporary folder and measured."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from convzoo.common.choices import ExportFormat
from convzoo.export.byte_endpoints import size_in_batches, takes_images
from convzoo.export.default_shapes import set_default_shapes
from convzoo.export.difference import Comparison, largest, measure
from convzoo.export.export_options import ExportOptions
from convzoo.export.exported import Exported
from convzoo.export.litert import LiteRTModel, write_litert
from convzoo.export.onnx import ONNXModel, write_onnx
from convzoo.export.quantize import write_quantized
from convzoo.export.report import describe
from convzoo.export.saved_model import SavedModel
from convzoo.export.served import Served
from convzoo.export.warm_up import write_warm_up


class _Unchecked(NamedTuple):
    """A file that was written: its path, its model, entries for the report."""

    path: Path
    run: SavedModel | LiteRTModel | ONNXModel
    report: dict[str, Any]


def write_format(
    format: ExportFormat,
    model: Served,
    work: Path,
    target: Path,
    sizes: Sequence[Sequence[int]],
    options: ExportOptions,
) -> tuple[Path, Exported]:
    """Write one format, and compare it with Keras.

    Args:
        format: One of `FORMATS`.
        model: The model in Keras.
        work: Folder to write to. It has the SavedModel, `saved_model`.
        target: Final path of the file or folder.
        sizes: Checked values of the open sizes.
        options: Options of the export.

    Returns:
        The path in `work`, and the `Exported` that it becomes at `target`.

    Raises:
        ValueError: If the format cannot be written, or differs from Keras.
    """
    path, run, more = _write(format, model, work, sizes[0], options)
    differences = measure(model, run, sizes)
    # Quantised files have their own tolerance, already checked.
    if "quantization" not in more:
        _check_difference(format, differences, options.tolerance)
    name = target.name
    if format == "saved_model":
        name = f"{target.parent.name}/{name}"
        write_warm_up(path, run, model, target.parent.name, sizes)
    report = describe(format, path, run, name, differences)
    if takes_images(model):
        report |= {"sides": model.sides, "image_range": model.image_range}
    report |= options.more | more
    return path, Exported(format, target, largest(differences), report)


def _write(
    format: ExportFormat,
    model: Served,
    work: Path,
    sizes: Sequence[int],
    options: ExportOptions,
) -> _Unchecked:
    saved_model = work / "saved_model"
    if format == "saved_model":
        run = SavedModel(saved_model)
        more = {"endpoints": run.endpoints, **options.images}
        more["image_size"] = size_in_batches(model, more.get("image_size"))
        return _Unchecked(saved_model, run, more)
    if format == "litert":
        return _write_litert(model, saved_model, work, sizes, options)
    path = work / "model.onnx"
    write_onnx(saved_model, path, model.shapes)
    return _Unchecked(path, ONNXModel(path), {})


def _write_litert(
    model: Served,
    saved_model: Path,
    work: Path,
    sizes: Sequence[int],
    options: ExportOptions,
) -> _Unchecked:
    if options.quantization is None:
        path, more = work / "model.tflite", {}
        write_litert(saved_model, path)
    else:
        path, report = write_quantized(
            model, saved_model, work, options.quantization
        )
        more = {"quantization": report}
    set_default_shapes(path, model.closed(sizes))
    return _Unchecked(path, LiteRTModel(path), more)


def _check_difference(
    format: ExportFormat, differences: Sequence[Comparison], tolerance: float
) -> None:
    # A NaN must not pass for a small number.
    found = largest(differences)
    if not found <= tolerance:
        raise ValueError(
            f"The {format} file differs from Keras by {found:.2g}, more than "
            f"the `tolerance` of {tolerance:.0e}, and was not written"
        )
