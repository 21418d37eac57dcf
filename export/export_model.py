"""Export to several formats, with a check of every file against Keras."""

import os
from collections.abc import Collection, Mapping, Sequence
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
    check_callable,
    checked_sizes,
    largest,
    measure,
)
from convzoo.export.float32 import half_policy, in_float32
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
from convzoo.export.work_folder import is_full, work_folder

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


class PartlyExported(ValueError):
    """Some formats were exported, and others failed.

    Attributes:
        exported: The `Exported` of each format that was written.
        failed: Dictionary from the other formats to why they failed.
    """

    def __init__(
        self, exported: list[Exported], failed: dict[ExportFormat, str]
    ) -> None:
        reasons = "; ".join(f"{f}: {reason}" for f, reason in failed.items())
        done = ", ".join(file.format for file in exported)
        super().__init__(f"{reasons} ({done} was exported)")
        self.exported = exported
        self.failed = failed


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
    model, more = _prepared(model)
    name = name or model.model.name
    formats = _checked_formats(formats)
    if "/" in name or name in ("", ".", ".."):
        raise ValueError(f"`name` must be a file name. Received: name={name!r}")
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
        more,
        (report, name),
    )
    exported, failed = _export(model, targets, options)
    if any(file.format == "saved_model" for file in exported):
        write_serving_files(out)
    if failed:
        raise PartlyExported(exported, failed)
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
    return _one(model, targets, options)


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
    quantization = checked_quantization(
        quantize, calibration, quantize_tolerance, served(model)
    )
    options = _Options(sizes, tolerance, overwrite, {}, quantization)
    return _one(model, {"litert": Path(path)}, options)


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
    return _one(model, {"onnx": Path(path)}, options)


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
    # Entries for the report of each file.
    more: dict[str, Any] = {}
    # Path of the report, and name of the model in it.
    report: tuple[Path, str] | None = None


class _Written(NamedTuple):
    """An unchecked file: its path, its model, and entries for the report."""

    path: Path
    run: SavedModel | LiteRTModel | ONNXModel
    report: dict[str, Any]


def _one(
    model: keras.Model | Served,
    targets: Mapping[ExportFormat, Path],
    options: _Options,
) -> Exported:
    """Export to a single format."""
    model, more = _prepared(model)
    ((file,), _) = _export(model, targets, options._replace(more=more))
    return file


def _prepared(model: keras.Model | Served) -> tuple[Served, dict[str, Any]]:
    """Return a signature in float32, and entries for the reports."""
    if isinstance(model, Served):
        return model, {}
    model = getattr(model, "served_model", model)
    # What is no model is refused by `served`.
    policy = half_policy(model) if isinstance(model, keras.Model) else None
    if policy is None:
        return served(model), {}
    return served(in_float32(model)), {"converted": f"{policy} to float32"}


def _export(
    model: Served, targets: Mapping[ExportFormat, Path], options: _Options
) -> tuple[list[Exported], dict[ExportFormat, str]]:
    """Write and check all formats, and only then move them into place.

    Returns:
        The exported files, and why other formats failed.

    Raises:
        ValueError: If all formats fail.
    """
    sizes = checked_sizes(options.sizes, model)
    if "onnx" in targets:
        check_packages()
    for target in targets.values():
        check_absent(target, options.overwrite)
        if target.is_dir():
            raise ValueError(f"{target}: is a folder; choose another name")
    check_callable(model, sizes)
    with work_folder(next(iter(targets.values())).parent) as work:
        saved_model = work / "saved_model"
        encoded = "saved_model" in targets
        write_saved_model(model, saved_model, encoded=encoded, **options.images)
        written: dict[ExportFormat, tuple[_Written, Exported]] = {}
        failed: dict[ExportFormat, ValueError] = {}
        for format, target in targets.items():
            try:
                written[format] = _checked(
                    format, model, work, target, sizes, options
                )
            except ValueError as error:
                if is_full(error):
                    raise
                failed[format] = error
        if not written:
            (first, *_) = failed.values()
            raise first
        reasons = {format: str(error) for format, error in failed.items()}
        _move_into_place(written, reasons, work, options)
    return [file for _, file in written.values()], reasons


def _checked(
    format: ExportFormat,
    model: Served,
    work: Path,
    target: Path,
    sizes: Sequence[Sequence[int]],
    options: _Options,
) -> tuple[_Written, Exported]:
    """Write one format into the folder `work`, and compare it with Keras."""
    written = _written(format, model, work, options)
    differences = measure(model, written.run, sizes)
    # Quantised files have their own tolerance, already checked.
    if "quantization" not in written.report:
        _check_difference(format, largest(differences), options.tolerance)
    name = target.name
    if format == "saved_model":
        name = f"{target.parent.name}/{name}"
        run = written.run
        write_warm_up(written.path, run, model, target.parent.name, sizes)
    report = describe(format, written.path, written.run, name, differences)
    report |= options.more | written.report
    return written, Exported(format, target, largest(differences), report)


def _written(
    format: ExportFormat, model: Served, work: Path, options: _Options
) -> _Written:
    saved_model = work / "saved_model"
    if format == "saved_model":
        run = SavedModel(saved_model)
        more = {"endpoints": run.endpoints, **options.images}
        return _Written(saved_model, run, more)
    if format == "litert":
        return _litert(model, saved_model, work, options)
    path = work / "model.onnx"
    write_onnx(saved_model, path, model.shapes)
    return _Written(path, ONNXModel(path), {})


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
    files: Mapping[ExportFormat, tuple[_Written, Exported]],
    failed: dict[ExportFormat, str],
    work: Path,
    options: _Options,
) -> None:
    """Rename all files, after all of them and the report are written."""
    moves = [(written.path, file.path) for written, file in files.values()]
    if options.report is not None:
        path, name = options.report
        reports = [file.report for _, file in files.values()]
        temporary = work / path.name
        reasons = {str(format): text for format, text in failed.items()}
        write_report(path, name, reports, reasons, temporary)
        moves.append((temporary, path))
    for source, target in moves:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)


def _checked_formats(formats: Collection[ExportFormat]) -> list[ExportFormat]:
    unknown = [format for format in formats if format not in FORMATS]
    if unknown or not formats:
        raise ValueError(
            f"`formats` must be a selection of {FORMATS}. "
            f"Received: formats={list(formats)}"
        )
    return [format for format in FORMATS if format in formats]
