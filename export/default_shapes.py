"""Shapes that inputs of LiteRT files have before they are resized."""

from collections.abc import Mapping
from pathlib import Path

from ai_edge_litert import schema_py_generated as schema

from convzoo.common.output_file import write_whole
from convzoo.common.types import PathLike


def set_default_shapes(
    path: PathLike, shapes: Mapping[str, tuple[int, ...]]
) -> None:
    """Set the shapes of the inputs before they are resized.

    The converter makes every open size 1. `Interpreter.allocate_tensors` fails
    then, if a model takes no image as small as that. Open sizes stay open.

    Args:
        path: Path of a LiteRT file with a signature. The file is changed.
        shapes: Dictionary from input names to shapes that the model takes.
    """
    content = bytearray(Path(path).read_bytes())
    signature = schema.Model.GetRootAs(content).SignatureDefs(0)
    graph = schema.Model.GetRootAs(content).Subgraphs(signature.SubgraphIndex())
    for index in range(signature.InputsLength()):
        each = signature.Inputs(index)
        # A view of `content`.
        shape = graph.Tensors(each.TensorIndex()).ShapeAsNumpy()
        shape[:] = shapes[each.Name().decode()]
    write_whole(path, bytes(content))
