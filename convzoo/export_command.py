"""`convzoo export`."""

from pathlib import Path
from typing import Annotated

import typer

from convzoo.options import OverwriteOption, integers


def export(
    name: Annotated[
        str,
        typer.Argument(
            help="A preset's name, the folder of a run, or a .keras file."
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder.")],
    format: Annotated[
        str, typer.Option(help="Some of saved_model, litert, onnx, by commas.")
    ] = "saved_model,litert",
    sizes: Annotated[
        str | None,
        typer.Option(
            help="What stands for the open sizes in the comparisons, by "
            "commas: the batch, then the others, such as 1x32x48,2x41x23."
        ),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="The largest difference to Keras.")
    ] = 1e-4,
    image_size: Annotated[
        str,
        typer.Option(
            help="Height and width that the endpoint serve_bytes gives to "
            "images, such as 256x256."
        ),
    ] = "256x256",
    max_pixels: Annotated[
        int, typer.Option(help="Of the largest encoded image that is taken.")
    ] = 2**22,
    quantize: Annotated[
        str | None,
        typer.Option(
            help="Of the LiteRT file: float16, dynamic, int8, or auto, the "
            "smallest that is close enough."
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            help="Folder of images as they come, for the ranges of int8, and "
            "to measure on."
        ),
    ] = None,
    quantize_tolerance: Annotated[
        float,
        typer.Option(help="The largest mean difference of a quantised file."),
    ] = 0.01,
    overwrite: OverwriteOption = False,
):
    """Write a model for TF Serving, LiteRT or ONNX, and check its numbers."""
    from convzoo.export import export_model
    from convzoo.export.difference import SIZES
    from convzoo.zoo import load_model

    exported = export_model(
        load_model(name),
        out,
        formats=format.split(","),
        sizes=_sizes(sizes) if sizes else SIZES,
        tolerance=tolerance,
        image_size=_size("image_size", image_size),
        max_pixels=max_pixels,
        quantize=quantize,
        calibration=calibration,
        quantize_tolerance=quantize_tolerance,
        overwrite=overwrite,
    )
    for file in exported:
        print(
            f"{file.format}: {file.path}, largest difference to Keras "
            f"{file.difference:.1e}"
        )
        for tried in file.report.get("quantization", {}).get("tried", ()):
            print(f"  {_tried(tried)}")


def _tried(tried):
    """A line on one recipe."""
    if "error" in tried:
        return f"{tried['recipe']}: {tried['error']}"
    return (
        f"{tried['recipe']}: {tried['bytes'] / 1000:.0f} kB, "
        f"{tried['seconds'] * 1000:.1f} ms, mean difference {tried['mean']:.1e}"
    )


def _sizes(text):
    """`"1x32x48,2x41x23"` -> `((1, 32, 48), (2, 41, 23))`."""
    return tuple(_size("sizes", part) for part in text.split(","))


def _size(name, text):
    """`"256x256"` -> `(256, 256)`."""
    return integers(name, text.replace("x", ","))
