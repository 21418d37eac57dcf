"""Post-training quantisation of LiteRT files.

`"float16"` halves a file. `"dynamic"` keeps weights as 8-bit integers and
activations as floats. `"int8"` also quantises the activations of convolutions
and dense layers to 8 bits, in ranges calibrated on examples. Indices, softmax
and other operations that rounding would break stay floats. Names of internal
tensors are dropped.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from convzoo.common.checks import check_choice
from convzoo.common.choices import QuantizationRecipe, Quantize
from convzoo.common.types import PathLike
from convzoo.export.calibration_images import calibration_images
from convzoo.export.child import cause, run_in_child
from convzoo.export.default_shapes import set_default_shapes
from convzoo.export.difference import SIZES, Comparison, compare
from convzoo.export.litert import LiteRTModel, write_litert
from convzoo.export.served import Served
from convzoo.export.tensor_names import drop_names, keep_signatures

# A folder of images, or dictionaries of inputs by name.
Calibration: TypeAlias = str | Path | Sequence[dict[str, np.ndarray]]
_Tried: TypeAlias = Literal["float", QuantizationRecipe]
RECIPES: tuple[QuantizationRecipe, ...] = get_args(QuantizationRecipe)
TOLERANCE = 0.01


class Quantization(NamedTuple):
    """Quantisation settings of a LiteRT file.

    Attributes:
        recipe: One of `RECIPES`, or `"auto"` for the smallest file within the
            tolerance, which may be unquantised.
        examples: List of typical inputs, dictionaries of arrays by name.
        tolerance: Maximum mean difference from Keras of any output, divided by
            the output's scale.
    """

    recipe: Quantize
    examples: list[dict[str, np.ndarray]]
    tolerance: float = TOLERANCE


def checked_quantization(
    recipe: Quantize | None,
    calibration: Calibration | None,
    tolerance: float,
    model: Served,
) -> Quantization | None:
    """Check the arguments of a `Quantization`, and build it.

    Args:
        recipe: Recipe of the `Quantization`; None for no quantization.
        calibration: Folder of images (for image models), list of dictionaries
            of arrays, or None.
        tolerance: Tolerance of the `Quantization`.
        model: A `Served`.

    Returns:
        A `Quantization`, or None if `recipe` is None.

    Raises:
        ValueError: If an argument is invalid, or `"int8"` lacks `calibration`
            or its package.
    """
    if recipe is None:
        return None
    check_choice("quantize", recipe, get_args(Quantize))
    if not tolerance > 0:
        raise ValueError(
            "`quantize_tolerance` must be above 0. "
            f"Received: quantize_tolerance={tolerance!r}"
        )
    if isinstance(calibration, (str, Path)):
        calibration = calibration_images(Path(calibration), model)
    if recipe == "int8":
        _check_int8(calibration)
    return Quantization(recipe, list(calibration or ()), float(tolerance))


def write_quantized(
    model: Served, saved_model: Path, folder: Path, quantization: Quantization
) -> tuple[Path, dict[str, Any]]:
    """Write a file with each recipe, and choose the smallest accurate one.

    Args:
        model: The `Served` that the SavedModel was written from.
        saved_model: Folder of the SavedModel.
        folder: Folder to write to.
        quantization: A `Quantization`. Half of its examples calibrate the
            ranges and the others measure the difference. Without examples,
            noise is used.

    Returns:
        The path of the chosen file and a dictionary for the report: `recipe`,
        `tolerance` and `tried`, a list with the `bytes`, `seconds`, and
        largest, mean and 99.9th-percentile difference of each recipe, or its
        `error`.

    Raises:
        ValueError: If no file can be written, or none is within the tolerance.
    """
    plain = folder / "float.tflite"
    write_litert(saved_model, plain)
    calibration, test = _split(model, quantization.examples)
    tried = [
        _tried(recipe, model, saved_model, plain, calibration, test)
        for recipe in _recipes(quantization)
    ]
    kept = [t for t in tried if t.get("mean", np.inf) <= quantization.tolerance]
    if not kept:
        on = "" if quantization.examples else " on noise; pass `calibration`"
        raise ValueError(
            "No file is close enough to Keras, and none was written: "
            f"{'; '.join(map(_line, tried))}, above the `quantize_tolerance` "
            f"of {quantization.tolerance:g}{on}"
        )
    best = min(kept, key=lambda t: t["bytes"])["recipe"]
    report = {
        "recipe": best,
        "tolerance": quantization.tolerance,
        "tried": tried,
    }
    return folder / f"{best}.tflite", report


def _recipes(
    quantization: Quantization,
) -> list[Literal["float", QuantizationRecipe]]:
    if quantization.recipe != "auto":
        return [quantization.recipe]
    recipes: tuple[Literal["float", QuantizationRecipe], ...] = (
        "float",
        *RECIPES,
    )
    return [r for r in recipes if r != "int8" or quantization.examples]


def _tried(
    recipe: _Tried,
    model: Served,
    saved_model: Path,
    plain: Path,
    calibration: Sequence[dict[str, np.ndarray]],
    test: Sequence[dict[str, np.ndarray]],
) -> dict[str, Any]:
    path = plain.with_name(f"{recipe}.tflite")
    try:
        if recipe == "int8":
            _write_int8(plain, path, calibration)
        elif recipe != "float":
            write_litert(saved_model, path, recipe)
        if recipe != "float":
            drop_names(path)
        run = LiteRTModel(path)
        found = [compare(model, run, inputs) for inputs in test]
    except ValueError as error:
        return {"recipe": recipe, "error": str(error)}
    outputs = [output for size in found for output in size["outputs"].values()]
    return {
        "recipe": recipe,
        "bytes": path.stat().st_size,
        "seconds": float(np.median([size["seconds"] for size in found])),
        "largest": max(output["largest"] for output in outputs),
        "mean": _mean(found),
        "p99_9": max(output["p99_9"] for output in outputs),
        "operators": run.operators,
    }


def _mean(found: Sequence[Comparison]) -> float:
    """Mean difference over all examples, of the worst output."""
    return max(
        float(np.mean([size["outputs"][name]["mean"] for size in found]))
        for name in found[0]["outputs"]
    )


def _line(tried: dict[str, Any]) -> str:
    found = tried.get("error") or f"{tried['mean']:.2g}"
    return f"{tried['recipe']}: {found}"


def _split(
    model: Served, examples: list[dict[str, np.ndarray]]
) -> tuple[list[dict[str, np.ndarray]], list[dict[str, np.ndarray]]]:
    if not examples:
        random = np.random.default_rng(0)
        examples = [model.example(sizes, random) for sizes in SIZES]
    return examples[::2], examples[1::2] or examples


def _write_int8(
    plain: Path, path: Path, examples: Sequence[dict[str, np.ndarray]]
) -> None:
    arrays: dict[str, Any] = {
        f"{index}/{name}": array
        for index, example in enumerate(examples)
        for name, array in example.items()
    }
    calibration = path.with_suffix(".npz")
    np.savez(calibration, **arrays)
    # ai-edge-quantizer allocates the tensors before it resizes the inputs.
    shapes = {name: array.shape for name, array in examples[0].items()}
    set_default_shapes(plain, shapes)
    result = run_in_child(quantize_int8, plain, calibration, path)
    calibration.unlink()
    if result.returncode != 0:
        raise ValueError(f"ai-edge-quantizer failed: {cause(result)}")
    keep_signatures(plain, path)


# Quoted annotations: a child process runs this source without our imports.
def quantize_int8(
    plain: "PathLike", examples: "PathLike", path: "PathLike"
) -> None:
    """Quantise the convolutions and dense layers of a LiteRT file to 8 bits."""
    from collections import defaultdict

    import numpy as np
    from ai_edge_quantizer import qtyping, quantizer

    by_index: dict[str, dict[str, np.ndarray]] = defaultdict(dict)
    for key, array in np.load(examples).items():
        index, name = key.split("/", 1)
        by_index[index][name] = array
    work = quantizer.Quantizer(str(plain))
    for operation in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        work.add_static_config(
            regex=".*",
            operation_name=qtyping.TFLOperationName[operation],
            activation_num_bits=8,
            weight_num_bits=8,
        )
    ranges = work.calibrate({"serving_default": list(by_index.values())})
    work.quantize(ranges).export_model(str(path), overwrite=True)


def _check_int8(
    calibration: Sequence[dict[str, np.ndarray]] | None,
) -> None:
    if not calibration:
        raise ValueError(
            '`quantize` of "int8" needs `calibration`, typical inputs. '
            f"Received: calibration={calibration!r}"
        )
    try:
        import ai_edge_quantizer  # noqa: F401
    except ImportError as error:
        raise ValueError(
            '`quantize` of "int8" requires the package ai-edge-quantizer; '
            "pip install convzoo[quantize]"
        ) from error
