"""Options of an export, for all of its formats."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from convzoo.export.quantize import Quantization


class ExportOptions(NamedTuple):
    """Options of an export.

    Attributes:
        sizes: See `export_model`.
        tolerance: See `export_model`.
        overwrite: See `export_model`.
        images: Options of `byte_endpoints`.
        quantization: Quantisation of the LiteRT file, if any.
        more: Entries for the report of each file.
        report: Path of the report, and name of the model in it, if one is
            written.
    """

    sizes: Sequence[Sequence[int]]
    tolerance: float
    overwrite: bool = False
    images: dict[str, Any] = {}
    quantization: Quantization | None = None
    more: dict[str, Any] = {}
    report: tuple[Path, str] | None = None
