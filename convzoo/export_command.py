"""`convzoo export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

from cyclopts import Parameter

from convzoo.common.checks import check_above, check_positive
from convzoo.common.choices import ExportFormat, Quantize
from convzoo.common.output_file import check_absent
from convzoo.options import (
    WHOLE,
    Out,
    Overwrite,
    Preset,
    check_there,
    commas,
    joined,
)
from convzoo.presets import find_preset

if TYPE_CHECKING:
    from convzoo.export import Exported

_SUFFIXES: dict[ExportFormat, str] = {"litert": ".tflite", "onnx": ".onnx"}
# Common names of the formats.
_ALIASES = {"tflite": "litert", "lite": "litert", "savedmodel": "saved_model"}


def _format(text: str) -> str:
    known = get_args(ExportFormat)
    if text not in known:
        hint = ""
        if text.lower() in _ALIASES:
            hint = f"; did you mean {_ALIASES[text.lower()]!r}?"
        raise ValueError(f"{text!r} is none of {', '.join(known)}{hint}")
    return text


def _size(text: str) -> tuple[int, ...]:
    """`"256x256"` -> `(256, 256)`."""
    try:
        return tuple(int(part) for part in text.split("x"))
    except ValueError as error:
        raise ValueError(f"{text!r} must be a size such as 256x256") from error


def export(
    name: Preset,
    /,
    *,
    out: Out,
    format: Annotated[
        tuple[ExportFormat, ...],
        commas(_format),
        Parameter(show_default=joined),
    ] = (
        "saved_model",
        "litert",
    ),
    sizes: Annotated[
        tuple[tuple[int, ...], ...] | None,
        commas(_size),
        Parameter(metavar="SIZES"),
    ] = None,
    tolerance: float = 1e-4,
    image_size: Annotated[
        tuple[int, int] | None,
        Parameter(
            converter=lambda _, tokens: _size(tokens[0].value),
            n_tokens=1,
            metavar="HEIGHTxWIDTH",
        ),
    ] = None,
    max_pixels: Annotated[int, WHOLE] = 2**22,
    quantize: Quantize | None = None,
    calibration: Path | None = None,
    quantize_tolerance: float | None = None,
    evidence: bool = False,
    overwrite: Overwrite = False,
) -> list[Exception]:
    """Export a model for TF Serving, LiteRT or ONNX, compared with Keras.

    Args:
        out: Folder to write to.
        format: File formats, with commas between: saved_model, litert, onnx.
        sizes: Input sizes to compare on, with commas between: the batch size,
            then the open sizes, such as 1x32x48,2x41x23.
        tolerance: Largest difference to Keras; of an output with values above
            1, relative to its largest.
        image_size: Height and width to which the endpoint serve_bytes resizes
            images; 256x256 if not given. A classifier that was trained on one
            shorter side scales them to it instead, and keeps their aspect.
        max_pixels: Pixels of the largest encoded image that endpoints accept.
        quantize: Quantization of the LiteRT file. auto takes the smallest file
            within the tolerance.
        calibration: Folder of representative images, for the ranges of int8
            and to measure on.
        quantize_tolerance: Largest mean difference of a quantized file; 0.01 if
            not given.
        evidence: Add an output to a classifier: the evidence for each class at
            each place of the image, which adds up to its logit without the
            bias.
    """
    preset = find_preset(name)
    if evidence:
        preset.check_class("SizeAgnosticClassifier", "`evidence`")
    check_above("tolerance", tolerance, 0)
    check_positive("max_pixels", max_pixels)
    _check_quantization(format, quantize, calibration, quantize_tolerance)
    # The name of the model in a file of Keras is not known yet.
    own_name = None if preset.is_archive else preset.name
    _check_out(out, own_name, format, overwrite)
    from convzoo.export import PartlyExported, export_model
    from convzoo.export.difference import SIZES
    from convzoo.export.quantize import TOLERANCE
    from convzoo.zoo import load_model

    failures: list[Exception] = []
    try:
        exported = export_model(
            load_model(name, **({"evidence": True} if evidence else {})),
            out,
            formats=list(format),
            sizes=sizes or SIZES,
            tolerance=tolerance,
            image_size=image_size,
            max_pixels=max_pixels,
            quantize=quantize,
            calibration=calibration,
            quantize_tolerance=quantize_tolerance or TOLERANCE,
            overwrite=overwrite,
        )
    except PartlyExported as error:
        exported = error.exported
        failures += [ValueError(f"{f}: {e}") for f, e in error.failed.items()]
    _print(exported)
    return failures


def _check_quantization(
    formats: tuple[ExportFormat, ...],
    quantize: Quantize | None,
    calibration: Path | None,
    quantize_tolerance: float | None,
) -> None:
    given = {
        "quantize_tolerance": quantize_tolerance,
        "calibration": calibration,
    }
    for name, value in given.items():
        if value is not None and quantize is None:
            raise ValueError(
                f"`{name}` requires `quantize`. Received: {name}={value}"
            )
    if quantize is not None and "litert" not in formats:
        raise ValueError(
            "`quantize` requires the format litert. "
            f"Received: quantize={quantize}, format={','.join(formats)}"
        )
    if quantize_tolerance is not None:
        check_above("quantize_tolerance", quantize_tolerance, 0)
    if calibration is not None:
        check_there([calibration])


def _check_out(
    out: Path,
    name: str | None,
    formats: tuple[ExportFormat, ...],
    overwrite: bool,
) -> None:
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out}: is not a folder")
    for format, suffix in _SUFFIXES.items():
        if name is not None and format in formats:
            check_absent(out / f"{name}{suffix}", overwrite)


def _print(exported: "list[Exported]") -> None:
    for file in exported:
        converted = file.report.get("converted")
        if converted:
            print(f"{file.format}: converted from {converted}")
        print(
            f"{file.format}: {file.path}, largest difference to Keras "
            f"{file.difference:.1e}"
        )
        for tried in file.report.get("quantization", {}).get("tried", ()):
            print(f"  {_tried(tried)}")


def _tried(tried: dict[str, Any]) -> str:
    """A line on one quantization recipe."""
    if "error" in tried:
        return f"{tried['recipe']}: {tried['error']}"
    return (
        f"{tried['recipe']}: {tried['bytes'] / 1000:.0f} kB, "
        f"{tried['seconds'] * 1000:.1f} ms, mean difference {tried['mean']:.1e}"
    )
