"""Conversion of SavedModels to ONNX files, for ONNX Runtime and others.

Requires `pip install convzoo[onnx]`.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.types import PathLike
from convzoo.export.child import cause, run_in_child
from convzoo.export.input_names import check_names, shapes_of
from convzoo.export.served import NamedShape, named

# The highest opset that tf2onnx 1.17 writes.
_OPSET = 18


def write_onnx(
    saved_model_folder: PathLike,
    path: PathLike,
    shapes: Mapping[str, NamedShape],
) -> None:
    """Convert a SavedModel to an ONNX file.

    Open sizes stay open. An output with the name of an input gets the suffix
    `_output`, since tensor names are unique in ONNX.

    Args:
        saved_model_folder: Folder that contains `saved_model.pb`.
        path: Path of the file to write.
        shapes: Dictionary from input names to shapes, with names for the open
            sizes.

    Raises:
        ValueError: If a required package is not installed, or the conversion
            fails.
    """
    check_packages()
    # tf2onnx keeps global graphs and settings.
    result = run_in_child(convert_to_onnx, saved_model_folder, path, _OPSET)
    if result.returncode != 0:
        Path(path).unlink(missing_ok=True)
        raise ValueError(f"tf2onnx failed: {cause(result)}")
    _name_sizes(path, shapes)


# Quoted annotations: a child process runs this source without our imports.
def convert_to_onnx(
    saved_model_folder: "PathLike", path: "PathLike", opset: int | str
) -> None:
    """Convert in this process, without the names of open sizes."""
    from typing import Any

    import numpy as np
    import tensorflow as tf
    import tf2onnx
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    loaded = tf.saved_model.load(str(saved_model_folder))
    function = loaded.signatures["serving_default"]
    specs = function.structured_input_signature[1]
    # Otherwise tf2onnx takes constant tensors, such as those of
    # `keras.layers.Normalization`, for inputs.
    frozen = convert_variables_to_constants_v2(function)
    graph = frozen.graph.as_graph_def()
    # Keras compiles grouped convolutions. Such functions are not inlined.
    functions = graph.library.function
    for each in (
        *graph.node,
        *functions,
        *(n for f in functions for n in f.node_def),
    ):
        each.attr.pop("_XlaMustCompile", None)
    # In the order of `tf.nest.flatten`.
    names = sorted(function.structured_outputs)

    def serve(*tensors: Any) -> dict[str, Any]:
        found = tf.graph_util.import_graph_def(
            graph,
            dict(zip(specs, tensors, strict=True)),
            [tensor.name for tensor in frozen.outputs],
        )
        outputs = dict(zip(names, found, strict=True))
        # Tensor names are unique: outputs make way for inputs.
        return {n + "_output" * (n in specs): t for n, t in outputs.items()}

    def erfc(graph: Any, node: Any, name: str, _: Any) -> None:
        """Erfc as 1 - Erf: ONNX has no Erfc, which TensorFlow's GELU uses."""
        node.type = "Erf"
        dtype = tf2onnx.utils.map_onnx_to_numpy_type(
            graph.get_dtype(node.output[0])
        )
        one = graph.make_const(f"{name}_one", np.array(1, dtype)).output[0]
        negative = graph.insert_new_node_on_output("Neg", node.output[0])
        graph.insert_new_node_on_output(
            "Add", negative.output[0], inputs=[negative.output[0], one]
        )

    def select(graph: Any, node: Any, *_: Any) -> None:
        """Where, since tf2onnx's sum of products leaks unselected NaNs."""
        node.type = "Where"

    tf2onnx.convert.from_function(
        tf.function(serve),
        [tf.TensorSpec(s.shape, s.dtype, n) for n, s in specs.items()],
        opset=int(opset),
        custom_op_handlers={"Erfc": (erfc, []), "SelectV2": (select, [])},
        output_path=str(path),
    )


def check_packages() -> None:
    """Raise a `ValueError` unless the packages for ONNX are installed."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import tf2onnx  # noqa: F401
    except ImportError as error:
        raise ValueError(
            "ONNX files require the packages onnx, onnxruntime and tf2onnx; "
            "pip install convzoo[onnx]"
        ) from error


def _name_sizes(path: PathLike, shapes: Mapping[str, NamedShape]) -> None:
    """Replace `unk__123` by the names of the open sizes."""
    import onnx

    model = onnx.load(path)
    for value in (*model.graph.input, *model.graph.output):
        sizes = value.type.tensor_type.shape.dim
        found = [
            n.dim_value if n.HasField("dim_value") else None for n in sizes
        ]
        wanted = shapes.get(value.name) or named(found, value.name, alone=False)
        for size, name in zip(sizes, wanted, strict=True):
            if isinstance(name, str):
                size.dim_param = name
    onnx.save(model, path)


class ONNXModel:
    """An ONNX file as a function of arrays of any size.

    Args:
        path: Path of the file.
        num_threads: Number of threads; None for ONNX Runtime's choice.

    Call arguments:
        **inputs: One array per input, by name.

    Returns:
        When called, a dictionary of output arrays by name, with the names of
        the Keras model.

    Attributes:
        operators: Dictionary from operator names to their counts in the file.

    Raises:
        ValueError: If the file does not exist or is not an ONNX file, or ONNX
            Runtime is not installed; when called, if inputs have other names,
            or shapes that the model cannot run on.
    """

    def __init__(self, path: PathLike, num_threads: int | None = None) -> None:
        check_packages()
        import onnxruntime

        if not Path(path).is_file():
            raise ValueError(f"{path}: does not exist")
        options = onnxruntime.SessionOptions()
        # Errors only: its warnings are about optimisations.
        options.log_severity_level = 3
        options.intra_op_num_threads = num_threads or 0
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            # ONNX Runtime has no public class of exceptions.
            raise ValueError(f"{path}: is not an ONNX file") from error
        self._path = path
        self._dtypes = {
            value.name: _DTYPES[value.type]
            for value in self._session.get_inputs()
        }

    def __call__(self, **inputs: ArrayLike) -> dict[str, np.ndarray]:
        check_names(inputs, self._dtypes)
        arrays = {
            name: np.asarray(value, self._dtypes[name])
            for name, value in inputs.items()
        }
        try:
            outputs = self._session.run(None, arrays)
        except Exception as error:
            # ONNX Runtime has no public class of exceptions.
            raise ValueError(
                f"{self._path}: cannot run on these inputs ({error}). "
                f"Received: {shapes_of(arrays)}"
            ) from error
        names = [value.name for value in self._session.get_outputs()]
        return {
            _own_name(name, self._dtypes): output
            for name, output in zip(names, outputs, strict=True)
        }

    @property
    def operators(self) -> dict[str, int]:
        import onnx

        counts: Counter[str] = Counter(
            node.op_type for node in _nodes(onnx.load(self._path).graph)
        )
        return dict(sorted(counts.items()))


_DTYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
    "tensor(uint8)": "uint8",
    "tensor(bool)": "bool",
}


def _own_name(name: str, inputs: Container[str]) -> str:
    """The output name without the suffix that `write_onnx` added."""
    short = name.removesuffix("_output")
    return short if short in inputs else name


def _nodes(graph: Any) -> Iterator[Any]:
    """Yield the nodes of a graph and of its loops and branches."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _nodes(attribute.g)
