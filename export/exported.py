"""An exported file or folder."""

from pathlib import Path
from typing import Any, NamedTuple

from convzoo.common.choices import ExportFormat


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
