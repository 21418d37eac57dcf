"""All formats of an export: written, checked, then moved into place."""

import os
from collections.abc import Mapping
from pathlib import Path

import keras

from convzoo.common.choices import ExportFormat
from convzoo.common.output_file import check_absent
from convzoo.export.difference import check_callable, checked_sizes
from convzoo.export.export_options import ExportOptions
from convzoo.export.exported import Exported
from convzoo.export.float32 import served_in_float32
from convzoo.export.onnx import check_packages
from convzoo.export.report import write_report
from convzoo.export.saved_model import write_saved_model
from convzoo.export.served import Served
from convzoo.export.work_folder import is_full, work_folder
from convzoo.export.write_format import write_format


def export_format(
    model: keras.Model | Served,
    format: ExportFormat,
    target: Path,
    options: ExportOptions,
) -> Exported:
    """Export a model to a single format; see `export_formats`."""
    model, more = served_in_float32(model)
    options = options._replace(more=more)
    ((file,), _) = export_formats(model, {format: target}, options)
    return file


def export_formats(
    model: Served,
    targets: Mapping[ExportFormat, Path],
    options: ExportOptions,
) -> tuple[list[Exported], dict[ExportFormat, str]]:
    """Write and check all formats, and only then move them into place.

    Args:
        model: The model, in float32.
        targets: Path of each format.
        options: Options of the export.

    Returns:
        The exported files, and why other formats failed.

    Raises:
        ValueError: If an option is invalid, a file exists, the disk is full, or
            all formats fail.
    """
    sizes = checked_sizes(options.sizes, model)
    if "onnx" in targets:
        check_packages()
    _check_targets(targets, options.overwrite)
    check_callable(model, sizes)
    with work_folder(next(iter(targets.values())).parent) as work:
        saved_model = work / "saved_model"
        encoded = "saved_model" in targets
        write_saved_model(model, saved_model, encoded=encoded, **options.images)
        written: dict[Path, Exported] = {}
        failed: dict[ExportFormat, ValueError] = {}
        for format, target in targets.items():
            try:
                path, file = write_format(
                    format, model, work, target, sizes, options
                )
            except ValueError as error:
                if is_full(error):
                    raise
                failed[format] = error
            else:
                written[path] = file
        if not written:
            (first, *_) = failed.values()
            raise first
        reasons = {format: str(error) for format, error in failed.items()}
        _move_into_place(written, reasons, work, options)
    return list(written.values()), reasons


def _check_targets(
    targets: Mapping[ExportFormat, Path], overwrite: bool
) -> None:
    for target in targets.values():
        check_absent(target, overwrite)
        if target.is_dir():
            raise ValueError(f"{target}: is a folder; choose another name")


def _move_into_place(
    written: Mapping[Path, Exported],
    failed: Mapping[ExportFormat, str],
    work: Path,
    options: ExportOptions,
) -> None:
    """Rename all files, after all of them and the report are written."""
    moves = [(path, file.path) for path, file in written.items()]
    if options.report is not None:
        path, name = options.report
        reports = [file.report for file in written.values()]
        temporary = work / path.name
        reasons = {str(format): text for format, text in failed.items()}
        write_report(path, name, reports, reasons, temporary)
        moves.append((temporary, path))
    for source, target in moves:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)
