"""JSON report of the measurements of exported files."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from convzoo.common.output_file import write_whole
from convzoo.export.difference import Comparison

_PACKAGES = (
    "convzoo",
    "keras",
    "tensorflow",
    "numpy",
    "ai-edge-litert",
    "ai-edge-quantizer",
    "tf2onnx",
    "onnx",
    "onnxruntime",
)


class HasOperators(Protocol):
    """An exported model with counts of its operators."""

    @property
    def operators(self) -> dict[str, int]: ...


def describe(
    format: str,
    path: Path,
    run: HasOperators,
    name: str,
    differences: Sequence[Comparison],
) -> dict[str, Any]:
    """Describe one exported file or folder for the report.

    Args:
        format: Format of the file.
        path: Current path of the file or folder.
        run: Exported model with `operators`.
        name: Final name of the file or folder.
        differences: Result of `measure`.
    """
    files = sorted(f for f in path.rglob("*") if f.is_file()) or [path]
    return {
        "format": format,
        "path": name,
        "bytes": sum(file.stat().st_size for file in files),
        "sha256": {
            str(file.relative_to(path)) if file != path else name: _sha256(file)
            for file in files
        },
        "operators": run.operators,
        "sizes": differences,
    }


def write_report(
    path: Path,
    name: str,
    files: Sequence[Mapping[str, Any]],
    failed: Mapping[str, str],
    target: Path,
) -> None:
    """Write or update the report of a model.

    Args:
        path: Path of the report. Its entries for other formats are kept.
        name: Name of the model.
        files: Results of `describe`.
        failed: Dictionary from formats that failed to the reasons.
        target: Path to write, which then replaces `path`.

    Raises:
        ValueError: If `path` exists and is not a report.
    """
    formats = [file["format"] for file in files]
    kept = [file for file in _read(path) if file["format"] not in formats]
    content = {
        "model": name,
        "versions": {p: _version(p) for p in _PACKAGES if _version(p)},
        "files": [*kept, *files],
        "failed": dict(failed),
    }
    write_whole(target, json.dumps(content, indent=1) + "\n")


def check_report(path: Path) -> None:
    """Raise a `ValueError` if `path` exists and is not a report."""
    _read(path)


def _read(path: Path) -> list[dict[str, Any]]:
    """The entries of an existing report."""
    if not path.exists():
        return []
    try:
        files = json.loads(path.read_text())["files"]
        return [file for file in files if file["format"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"{path}: exists and is not an export report; move it away"
        ) from error


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
