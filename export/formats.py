"""Formats of an export, and the path that each is written to."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import get_args

from convzoo.common.choices import ExportFormat

FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
_SUFFIXES = {"litert": ".tflite", "onnx": ".onnx"}


def checked_formats(formats: Collection[ExportFormat]) -> list[ExportFormat]:
    """Return the formats in the order of `FORMATS`, each once.

    Raises:
        ValueError: If there is none, or one is unknown.
    """
    unknown = [format for format in formats if format not in FORMATS]
    if unknown or not formats:
        raise ValueError(
            f"`formats` must be a selection of {FORMATS}. "
            f"Received: formats={list(formats)}"
        )
    return [format for format in FORMATS if format in formats]


def targets_of(
    out: Path, name: str, formats: Iterable[ExportFormat]
) -> dict[ExportFormat, Path]:
    """Return the path of each format in the folder `out`."""
    return {
        format: out / f"{name}{_SUFFIXES[format]}"
        if format in _SUFFIXES
        else next_version(out / name)
        for format in formats
    }


def next_version(folder: Path) -> Path:
    """The subfolder whose name is one more than the largest existing one."""
    taken = [
        int(entry.name)
        for entry in (folder.iterdir() if folder.is_dir() else ())
        if entry.name.isdecimal()
    ]
    return folder / str(max(taken, default=0) + 1)
