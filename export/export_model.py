"""Export to several formats, with a check of every file against Keras."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

import keras

from convzoo.common.choices import ExportFormat
from convzoo.common.output_file import check_absent
from convzoo.common.types import PathLike
from convzoo.export.byte_endpoints import IMAGE_SIZE, MAX_PIXELS
from convzoo.export.difference import (
    SIZES,
    TOLERANCE,
    Comparison,
    checked_sizes,
    largest,
    measure,
)
from convzoo.export.litert import LiteRTModel, write_litert
from convzoo.export.onnx import ONNXModel, check_packages, write_onnx
from convzoo.export.quantize import TOLERANCE as QUANTIZE_TOLERANCE
from convzoo.export.quantize import (
    Calibration,
    Quantization,
    Quantize,
    checked_quantization,
    write_quantized,
)
from convzoo.export.report import check_report, describe, write_report
from convzoo.export.saved_model import SavedModel, write_saved_model
from convzoo.export.served import Served, served
from convzoo.export.serving_files import write_serving_files
from convzoo.export.warm_up import write_warm_up

FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
_SUFFIXES = {"litert": ".tflite", "onnx": ".onnx"}


class Exported(NamedTuple):
    """An exported file or folder.

    Attributes:
        format: One of `FORMATS`.
        path: Path of the file, or of the folder that contains
            `saved_model.pb`.
        difference: Maximum difference from Keras over all outputs and sizes.
        report: All measurements, as in the JSON report of `export_model`.
    """

    format: ExportFormat
    path: Path
    difference: float
    report: dict[str, Any]


def export_model(
    model: keras.Model | Served,
    out: PathLike,
    name: str | None = None,
    formats: Collection[ExportFormat] = FORMATS[:2],
    *,
    sizes: Sequence[Sequence[int]] = SIZES,
    tolerance: float = TOLERANCE,
    image_size: tuple[int, int] = IMAGE_SIZE,
    max_pixels: int = MAX_PIXELS,
    quantize: Quantize | None = None,
    calibration: Calibration | None = None,
    quantize_tolerance: float = QUANTIZE_TOLERANCE,
    overwrite: bool = False,
) -> list[Exported]:
    """Export a model to several formats, and check each in its own runtime.

    Args:
        model: Keras model of `convzoo.zoo` or of your own, as accepted by
            `served`.
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
        ValueError: If an argument is invalid, a file exists, or the difference
            of a file exceeds the tolerance. Then nothing is written.
    """
    model = served(model)
    name = name or model.model.name
    formats = _checked_formats(formats)
    if quantize is not None and "litert" not in formats:
        raise ValueError(
            "`quantize` requires the format litert. "
            f"Received: quantize={quantize!r}, formats={formats}"
        )
    out = Path(out)
    targets = {
        format: out / f"{name}{_SUFFIXES[format]}"
        if format in _SUFFIXES
        else next_version(out / name)
        for format in formats
    }
    report = out / f"{name}.json"
    check_report(report)
    options = _Options(
        sizes,
        tolerance,
        overwrite,
        {"image_size": image_size, "max_pixels": max_pixels},
        checked_quantization(quantize, calibration, quantize_tolerance, model),
    )
    exported = _export(model, targets, options)
    write_report(report, name, [file.report for file in exported])
    if "saved_model" in formats:
        write_serving_files(out)
    return exported


def export_saved_model(
    model: keras.Model | Served,
    path: PathLike,
    *,
    sizes: Sequence[Sequence[int]] = SIZES,
    tolerance: float = TOLERANCE,
    image_size: tuple[int, int] = IMAGE_SIZE,
    max_pixels: int = MAX_PIXELS,
) -> Exported:
    """Export a model to a SavedModel for TF Serving, and check it.

    Args:
        model: See `export_model`.
        path: Folder of the model, with its name in TF Serving. The SavedModel
            becomes the next version in this folder, starting with `path/1`.
        sizes: See `export_model`.
        tolerance: See `export_model`.
        image_size: See `export_model`.
        max_pixels: See `export_model`.

    Returns:
        An `Exported`.

    Raises:
        ValueError: See `export_model`.
    """
    targets: dict[ExportFormat, Path] = {
        "saved_model": next_version(Path(path))
    }
    images = {"image_size": image_size, "max_pixels": max_pixels}
    options = _Options(sizes, tolerance, images=images)
    return _export(served(model), targets, options)[0]


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

    Args:
        model: See `export_model`.
        path: Path of the file.
        sizes: See `export_model`.
        tolerance: See `export_model`.
        quantize: See `export_model`.
        calibration: See `export_model`.
        quantize_tolerance: See `export_model`.
        overwrite: See `export_model`.

    Returns:
        An `Exported`.

    Raises:
        ValueError: See `export_model`.
    """
    model = served(model)
    quantization = checked_quantization(
        quantize, calibration, quantize_tolerance, model
    )
    options = _Options(sizes, tolerance, overwrite, {}, quantization)
    return _export(model, {"litert": Path(path)}, options)[0]


def export_onnx(
    model: keras.Model | Served,
    path: PathLike,
    *,
    sizes: Sequence[Sequence[int]] = SIZES,
    tolerance: float = TOLERANCE,
    overwrite: bool = False,
) -> Exported:
    """Export a model to an ONNX file, and check it in ONNX Runtime.

    Args:
        model: See `export_model`.
        path: Path of the file.
        sizes: See `export_model`.
        tolerance: See `export_model`.
        overwrite: See `export_model`.

    Returns:
        An `Exported`.

    Raises:
        ValueError: See `export_model`; or if the packages of `convzoo[onnx]`
            are not installed.
    """
    options = _Options(sizes, tolerance, overwrite)
    return _export(served(model), {"onnx": Path(path)}, options)[0]


def next_version(folder: Path) -> Path:
    """The subfolder whose name is one more than the largest existing one."""
    taken = [
        int(entry.name)
        for entry in (folder.iterdir() if folder.is_dir() else ())
        if entry.name.isdecimal()
    ]
    return folder / str(max(taken, default=0) + 1)


class _Options(NamedTuple):
    """Options of `export_model`; `images` are those of `byte_endpoints`."""

    sizes: Sequence[Sequence[int]]
    tolerance: float
    overwrite: bool = False
    images: dict[str, Any] = {}
    quantization: Quantization | None = None


class _Written(NamedTuple):
    """An unchecked file: its path, its model, and entries for the report."""

    path: Path
    run: SavedModel | LiteRTModel | ONNXModel
    report: dict[str, Any]


def _export(
    model: Served, targets: Mapping[ExportFormat, Path], options: _Options
) -> list[Exported]:
    """Write all formats, check all, and only then move them into place."""
    sizes = checked_sizes(options.sizes, model)
    if "onnx" in targets:
        check_packages()
    for target in targets.values():
        check_absent(target, options.overwrite)
    with _work_folder(next(iter(targets.values())).parent) as work:
        written = _written(model, targets, work, options)
        measured = {
            format: measure(model, each.run, sizes)
            for format, each in written.items()
        }
        for format, differences in measured.items():
            # Quantised files have their own tolerance, already checked.
            if "quantization" not in written[format].report:
                difference = largest(differences)
                _check_difference(format, difference, options.tolerance)
        if "saved_model" in targets:
            path, run, _ = written["saved_model"]
            name = targets["saved_model"].parent.name
            write_warm_up(path, run, model, name, sizes)
        return [
            _move_into_place(format, written[format], target, measured[format])
            for format, target in targets.items()
        ]


def _written(
    model: Served,
    formats: Collection[ExportFormat],
    work: Path,
    options: _Options,
) -> dict[ExportFormat, _Written]:
    """Write the formats into the folder `work`."""
    saved_model = work / "saved_model"
    encoded = "saved_model" in formats
    write_saved_model(model, saved_model, encoded=encoded, **options.images)
    written: dict[ExportFormat, _Written] = {}
    for format in formats:
        if format == "saved_model":
            run = SavedModel(saved_model)
            more = {"endpoints": run.endpoints, **options.images}
            written[format] = _Written(saved_model, run, more)
        elif format == "litert":
            written[format] = _litert(model, saved_model, work, options)
        else:
            path = work / "model.onnx"
            write_onnx(saved_model, path, model.shapes)
            written[format] = _Written(path, ONNXModel(path), {})
    return written


def _litert(
    model: Served, saved_model: Path, work: Path, options: _Options
) -> _Written:
    if options.quantization is None:
        path, more = work / "model.tflite", {}
        write_litert(saved_model, path)
    else:
        path, report = write_quantized(
            model, saved_model, work, options.quantization
        )
        more = {"quantization": report}
    return _Written(path, LiteRTModel(path), more)


def _check_difference(
    format: ExportFormat, difference: float, tolerance: float
) -> None:
    # A NaN must not pass for a small number.
    if not difference <= tolerance:
        raise ValueError(
            f"The {format} file differs from Keras by {difference:.2g}, more "
            f"than the `tolerance` of {tolerance:.0e}, and was not written"
        )


def _move_into_place(
    format: ExportFormat,
    written: _Written,
    target: Path,
    differences: Sequence[Comparison],
) -> Exported:
    name = target.name
    if format == "saved_model":
        name = f"{target.parent.name}/{name}"
    report = describe(format, written.path, written.run, name, differences)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(written.path, target)
    report |= written.report
    return Exported(format, target, largest(differences), report)


@contextlib.contextmanager
def _work_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder on the same disk, deleted afterwards."""
    made = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder, prefix=".export-"))
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be written ({error.strerror})"
        ) from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        for empty in made:
            with contextlib.suppress(OSError):
                empty.rmdir()


def _checked_formats(formats: Collection[ExportFormat]) -> list[ExportFormat]:
    unknown = [format for format in formats if format not in FORMATS]
    if unknown or not formats:
        raise ValueError(
            f"`formats` must be a selection of {FORMATS}. "
            f"Received: formats={list(formats)}"
        )
    return [format for format in FORMATS if format in formats]
