"""Conversion of SavedModels to LiteRT (TFLite) files, for phones."""

import threading
from collections import Counter
from pathlib import Path
from typing import Literal

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import ArrayLike

from convzoo.common.types import PathLike
from convzoo.export.child import cause, run_in_child
from convzoo.export.input_names import check_names, shapes_of
from convzoo.export.missing_operators import missing_operators

ConverterRecipe = Literal["float", "float16", "dynamic"]
_NAMES = {
    code: name
    for name, code in vars(schema.BuiltinOperator).items()
    if isinstance(code, int)
}


def write_litert(
    saved_model_folder: PathLike,
    path: PathLike,
    recipe: ConverterRecipe = "float",
) -> None:
    """Convert a SavedModel to a LiteRT file of builtin operators only.

    Open sizes of the SavedModel stay open in the file.

    Args:
        saved_model_folder: Folder that contains `saved_model.pb`.
        path: Path of the file to write.
        recipe: `"float"`, `"float16"` or `"dynamic"`; see `quantize`.

    Raises:
        ValueError: If the converter fails. The message names operators that
            LiteRT does not support, with their layers and remedies.
    """
    # The converter crashes the whole process on some graphs.
    result = run_in_child(convert_to_litert, saved_model_folder, path, recipe)
    if result.returncode != 0:
        Path(path).unlink(missing_ok=True)
        reason = cause(result, missing_operators)
        raise ValueError(f"The LiteRT converter failed: {reason}")


# Quoted annotations: a child process runs this source without our imports.
def convert_to_litert(
    saved_model_folder: "PathLike",
    path: "PathLike",
    recipe: "ConverterRecipe" = "float",
) -> None:
    """Convert in this process, which the converter may crash."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(saved_model_folder), signature_keys=["serving_default"]
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if recipe != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if recipe == "float16":
        converter.target_spec.supported_types = [tf.float16]
    with open(path, "wb") as file:
        file.write(converter.convert())


class LiteRTModel:
    """A LiteRT file as a function of arrays of any size.

    Threads of a program can share it. Their calls run one after the other, each
    on `num_threads` threads: with an interpreter per thread, eight threads had
    fewer answers and took eight times the memory.

    Args:
        path: Path of the file.
        num_threads: Number of threads; None for LiteRT's choice.

    Call arguments:
        **inputs: One array per input, by name.

    Returns:
        When called, a dictionary of output arrays by name.

    Attributes:
        operators: Dictionary from operator names to their counts in the file.

    Raises:
        ValueError: If the file does not exist or is not a LiteRT file; when
            called, if inputs have other names, or shapes that the model cannot
            run on.
    """

    def __init__(self, path: PathLike, num_threads: int | None = None) -> None:
        if not Path(path).is_file():
            raise ValueError(f"{path}: does not exist")
        try:
            self._interpreter = Interpreter(
                model_path=str(path), num_threads=num_threads
            )
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"{path}: is not a LiteRT file") from error
        self._runner = self._interpreter.get_signature_runner()
        self._lock = threading.Lock()
        self._path = path

    def __call__(self, **inputs: ArrayLike) -> dict[str, np.ndarray]:
        # The interpreter has one set of tensors.
        with self._lock:
            details = self._runner.get_input_details()
            check_names(inputs, details)
            arrays = {
                name: np.ascontiguousarray(value, details[name]["dtype"])
                for name, value in inputs.items()
            }
            try:
                return self._runner(**arrays)
            except RuntimeError as error:
                raise ValueError(
                    f"{self._path}: cannot run on these inputs. "
                    f"Received: {shapes_of(arrays)}"
                ) from error

    @property
    def operators(self) -> dict[str, int]:
        model = schema.Model.GetRootAs(Path(self._path).read_bytes())
        codes = [
            _NAMES[model.OperatorCodes(index).BuiltinCode()]
            for index in range(model.OperatorCodesLength())
        ]
        graphs = [model.Subgraphs(i) for i in range(model.SubgraphsLength())]
        counts: Counter[str] = Counter(
            codes[graph.Operators(index).OpcodeIndex()]
            for graph in graphs
            for index in range(graph.OperatorsLength())
        )
        return dict(sorted(counts.items()))
