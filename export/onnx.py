"""SavedModel folders as ONNX files, for ONNX Runtime and what else reads them.

Needs the packages of `pip install convzoo[onnx]`.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.types import PathLike
from convzoo.export.child import cause, run_in_child
from convzoo.export.served import NamedShape, named

# What tf2onnx 1.17 writes at most.
_OPSET = 18


def write_onnx(
    saved_model_folder: PathLike,
    path: PathLike,
    shapes: Mapping[str, NamedShape],
) -> None:
    """Convert a SavedModel to an ONNX file, its sizes as open as they are.

    An output that has the name of an input gets `_output` behind it, since a
    name is one tensor there.

    Args:
        saved_model_folder: of the `saved_model.pb`.
        path: the file to write.
        shapes: of the inputs, with names for the open sizes.

    Raises:
        ValueError: tf2onnx or onnx is not installed, or the conversion failed.
    """
    check_packages()
    # tf2onnx keeps graphs and settings of its own.
    result = run_in_child(convert_to_onnx, saved_model_folder, path, _OPSET)
    if result.returncode != 0:
        Path(path).unlink(missing_ok=True)
        raise ValueError(f"tf2onnx failed: {cause(result)}")
    _name_sizes(path, shapes)


# Annotations are quoted where another process runs the source without imports.
def convert_to_onnx(
    saved_model_folder: "PathLike", path: "PathLike", opset: int | str
) -> None:
    """The same, in this process, but for the names of open sizes."""
    from typing import Any

    import numpy as np
    import tensorflow as tf
    import tf2onnx

    loaded = tf.saved_model.load(str(saved_model_folder))
    function = loaded.signatures["serving_default"]
    specs = function.structured_input_signature[1]

    def serve(*tensors: Any) -> dict[str, Any]:
        outputs = function(**dict(zip(specs, tensors, strict=True)))
        # A name stands for one tensor alone: outputs make way for inputs.
        return {n + "_output" * (n in specs): t for n, t in outputs.items()}

    def erfc(graph: Any, node: Any, name: str, _: Any) -> None:
        """1 - erf: ONNX has no other, and TensorFlow has GELU from it."""
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
        """As it is: tf2onnx's sum of products makes a NaN of one left out."""
        node.type = "Where"

    tf2onnx.convert.from_function(
        tf.function(serve),
        [tf.TensorSpec(s.shape, s.dtype, n) for n, s in specs.items()],
        opset=int(opset),
        custom_op_handlers={"Erfc": (erfc, []), "SelectV2": (select, [])},
        output_path=str(path),
    )


def check_packages() -> None:
    """Raise a `ValueError` if what ONNX files need is not installed."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import tf2onnx  # noqa: F401
    except ImportError as error:
        raise ValueError(
            "ONNX files need the packages onnx, onnxruntime and tf2onnx; "
            "pip install convzoo[onnx]"
        ) from error


def _name_sizes(path: PathLike, shapes: Mapping[str, NamedShape]) -> None:
    """Say what the open sizes are, in place of `unk__123`."""
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
    """An ONNX file as a function from arrays to arrays, of any size.

    Args:
        path: of the file.
        num_threads: that ONNX Runtime may use; None lets it choose.

    Call arguments:
        One array for each input, by name.

    Attributes:
        operators: how often each operator is in the file, by name.

    Returns, when called: a dict of arrays by name, as the model in Keras gives
        it.

    Raises:
        ValueError: the file is missing or not an ONNX file, or ONNX Runtime is
            not installed.
    """

    def __init__(self, path: PathLike, num_threads: int | None = None) -> None:
        check_packages()
        import onnxruntime

        if not Path(path).is_file():
            raise ValueError(f"{path}: does not exist")
        options = onnxruntime.SessionOptions()
        # Warnings are about what it optimised.
        options.log_severity_level = 3
        options.intra_op_num_threads = num_threads or 0
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            # Its exceptions have no public class but this one.
            raise ValueError(f"{path}: is not an ONNX file") from error
        self._path = path
        self._dtypes = {
            value.name: _DTYPES[value.type]
            for value in self._session.get_inputs()
        }

    def __call__(self, **inputs: ArrayLike) -> dict[str, np.ndarray]:
        outputs = self._session.run(
            None,
            {
                name: np.asarray(value, self._dtypes[name])
                for name, value in inputs.items()
            },
        )
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
    """Without what `write_onnx` put behind it."""
    short = name.removesuffix("_output")
    return short if short in inputs else name


def _nodes(graph: Any) -> Iterator[Any]:
    """Those of a graph, and of the loops and branches in it."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _nodes(attribute.g)
